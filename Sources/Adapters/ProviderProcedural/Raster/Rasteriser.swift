/// Samples a scene into pixels: once each, and nine times where neighbours differ.
struct Rasteriser {
    let scene: any Scene
    let frame: Frame
    let finish: Finish

    /// Neighbours further apart than this, on the screen's scale of 0 to 1, are an edge.
    private static let edge: Float = 0.045
    /// Eight queens: no two samples share a row or column, so edges of every direction come out even.
    private static let offsets: [Vector2] = [
        Vector2(-0.4375, -0.0625), Vector2(-0.3125, 0.3125), Vector2(-0.1875, -0.3125), Vector2(-0.0625, 0.1875),
        Vector2(0.0625, -0.4375), Vector2(0.1875, 0.0625), Vector2(0.3125, 0.4375), Vector2(0.4375, -0.1875),
    ]

    /// Draws the whole picture, row by row from the top.
    ///
    /// Only three rows of samples are kept beside the result.
    /// - Parameter isCancelled: Asked before every row.
    /// - Returns: The picture, or nil when it was cancelled.
    func draw(isCancelled: () -> Bool) -> PixelCanvas? {
        var canvas = PixelCanvas(width: frame.width, height: frame.height)
        var above: [Vector3] = []
        var here = samples(ofRow: 0)
        for y in 0..<frame.height {
            if isCancelled() { return nil }
            let below = y + 1 < frame.height ? samples(ofRow: y + 1) : []
            for x in 0..<frame.width {
                var colour = here[x]
                if isEdge(x, above, here, below) { colour = refined(colour, x, y) }
                canvas.set(x, y, finish.bytes(colour, x: x, y: y, at: frame.point(Float(x) + 0.5, Float(y) + 0.5)))
            }
            (above, here) = (here, below)
        }
        return canvas
    }

    private func samples(ofRow y: Int) -> [Vector3] {
        (0..<frame.width).map { sample(Float($0) + 0.5, Float(y) + 0.5) }
    }

    @inline(__always)
    private func sample(_ x: Float, _ y: Float) -> Vector3 { finish.developed(scene.light(at: frame.point(x, y))) }

    private func refined(_ centre: Vector3, _ x: Int, _ y: Int) -> Vector3 {
        var total = centre
        for offset in Self.offsets { total += sample(Float(x) + 0.5 + offset.x, Float(y) + 0.5 + offset.y) }
        return total / Float(Self.offsets.count + 1)
    }

    private func isEdge(_ x: Int, _ above: [Vector3], _ here: [Vector3], _ below: [Vector3]) -> Bool {
        let colour = here[x]
        if x > 0, differs(colour, here[x - 1]) { return true }
        if x + 1 < here.count, differs(colour, here[x + 1]) { return true }
        if !above.isEmpty, differs(colour, above[x]) { return true }
        return !below.isEmpty && differs(colour, below[x])
    }

    @inline(__always)
    private func differs(_ a: Vector3, _ b: Vector3) -> Bool {
        // The square root stands in for the screen's curve.
        let d = a.squareRoot() - b.squareRoot()
        return max(abs(d.x), abs(d.y), abs(d.z)) > Self.edge
    }
}

/// Pixels of a finished picture: interleaved red, green, blue, 8 bit sRGB, rows from the top without gaps.
struct PixelCanvas: Sendable {
    let width: Int
    let height: Int
    private(set) var pixels: [UInt8]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 0, count: width * height * 3)
    }

    @inline(__always)
    mutating func set(_ x: Int, _ y: Int, _ colour: (UInt8, UInt8, UInt8)) {
        let index = (y * width + x) * 3
        (pixels[index], pixels[index + 1], pixels[index + 2]) = colour
    }
}
