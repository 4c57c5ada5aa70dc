/// The minimum barrier distance of each pixel to the border of the picture: over all paths to the border, the smallest
/// difference between the brightest and the darkest value on the way.
///
/// Background is joined to the border by smooth paths and comes out near zero; a thing that stands before it does not.
/// Zhang et al., "Minimum Barrier Salient Object Detection at 80 FPS", ICCV 2015, algorithm 1.
struct BarrierDistance {
    private let width: Int
    private let height: Int
    private let values: [Float]
    private var highest: [Float]
    private var lowest: [Float]
    private(set) var distance: [Float]

    /// Computes the distances over one plane of `width` times `height` values, by `passes` sweeps in turn from the top
    /// left and the bottom right; three come close to the exact distance.
    init(of values: [Float], width: Int, height: Int, passes: Int = 4) {
        self.width = width
        self.height = height
        self.values = values
        highest = values
        lowest = values
        distance = [Float](repeating: .infinity, count: values.count)
        for y in 0..<height {
            for x in 0..<width where x == 0 || y == 0 || x == width - 1 {
                distance[y * width + x] = 0
            }
        }
        for pass in 0..<passes { sweep(forward: pass % 2 == 0) }
    }

    private mutating func sweep(forward: Bool) {
        guard width > 2, height > 2 else { return }
        let step = forward ? -1 : 1
        for row in 1..<height {
            let y = forward ? row : height - row
            for column in 1..<width - 1 {
                let x = forward ? column : width - 1 - column
                let pixel = y * width + x
                relax(pixel, from: pixel + step)
                if forward || y < height - 1 { relax(pixel, from: pixel + step * width) }
            }
        }
    }

    private mutating func relax(_ pixel: Int, from neighbour: Int) {
        guard distance[neighbour] < distance[pixel] else { return }
        let high = max(highest[neighbour], values[pixel])
        let low = min(lowest[neighbour], values[pixel])
        if high - low < distance[pixel] {
            distance[pixel] = high - low
            highest[pixel] = high
            lowest[pixel] = low
        }
    }
}
