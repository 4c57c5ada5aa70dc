extension Subject {
    /// Finds the subject of a small picture: packed eight-bit sRGB pixels, three bytes each, shown upright.
    init(rgb: [UInt8], size: PixelSize) {
        let map = SaliencyMap(rgb: rgb, size: size)
        var across = [Float](repeating: 0, count: size.width)
        var down = [Float](repeating: 0, count: size.height)
        for y in 0..<size.height {
            for x in 0..<size.width {
                across[x] += map.weights[y * size.width + x]
                down[y] += map.weights[y * size.width + x]
            }
        }
        let main = SalientRegion.strongest(in: map)
        self.across = AxisProfile(weights: across, subject: main?.columns ?? 0..<0)
        self.down = AxisProfile(weights: down, subject: main?.rows ?? 0..<0)
    }
}

/// A connected part of a map whose weights are above zero.
struct SalientRegion {
    var columns: Range<Int>
    var rows: Range<Int>
    var weight: Float

    /// The region with the most weight, with one pixel of margin because the map is smoothed.
    static func strongest(in map: SaliencyMap) -> SalientRegion? {
        var visited = [Bool](repeating: false, count: map.weights.count)
        var best: SalientRegion?
        for start in 0..<map.weights.count where map.weights[start] > 0 && !visited[start] {
            let region = grow(from: start, in: map, visited: &visited)
            if region.weight > best?.weight ?? 0 { best = region }
        }
        return best
    }

    private static func grow(from start: Int, in map: SaliencyMap, visited: inout [Bool]) -> SalientRegion {
        var region = SalientRegion(columns: 0..<0, rows: 0..<0, weight: 0)
        var (left, right, top, bottom) = (Int.max, 0, Int.max, 0)
        var stack = [start]
        visited[start] = true
        while let pixel = stack.popLast() {
            let (x, y) = (pixel % map.width, pixel / map.width)
            region.weight += map.weights[pixel]
            (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
            for (column, row) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            where (0..<map.width).contains(column) && (0..<map.height).contains(row) {
                let neighbour = row * map.width + column
                if map.weights[neighbour] > 0 && !visited[neighbour] {
                    visited[neighbour] = true
                    stack.append(neighbour)
                }
            }
        }
        region.columns = max(0, left - 1)..<min(map.width, right + 2)
        region.rows = max(0, top - 1)..<min(map.height, bottom + 2)
        return region
    }
}
