import Imaging

/// A picture with the statistics of a photograph: soft light, hard edges, texture and sensor noise, so that codecs work
/// as hard as they do on a camera's JPEG (about 2.4 bits a pixel at quality 92).
struct SyntheticPhoto {
    let width: Int
    let height: Int

    /// Draws it; the same every time.
    func draw() -> Bitmap {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        let coarse = Lattice(seed: 1, cell: width / 6)
        let middle = Lattice(seed: 2, cell: width / 40)
        let fine = Lattice(seed: 3, cell: max(2, width / 400))
        var noise: UInt64 = 0x9E37_79B9_7F4A_7C15
        var offset = 0
        for y in 0..<height {
            for x in 0..<width {
                let light = 0.55 * coarse.value(x, y) + 0.3 * middle.value(x, y) + 0.15 * fine.value(x, y)
                let subject = isInSubject(x, y)
                noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                for channel in 0..<3 {
                    let grain = Float(Int(truncatingIfNeeded: noise >> (20 + UInt64(channel) * 8)) & 0xFF) / 255 - 0.5
                    let tint: Float = subject ? [1.0, 0.45, 0.25][channel] : [0.55, 0.7, 0.95][channel]
                    pixels[offset + channel] = UInt8(max(0, min(255, 255 * light * tint + 14 * grain + 8)))
                }
                offset += 3
            }
        }
        return Bitmap(size: PixelSize(width: width, height: height), channels: 3, pixels: pixels)
    }

    /// A hard-edged disc right of the middle: what a smart crop should keep.
    private func isInSubject(_ x: Int, _ y: Int) -> Bool {
        let dx = Float(x) - Float(width) * 0.68
        let dy = Float(y) - Float(height) * 0.45
        return dx * dx + dy * dy < Float(height * height) * 0.03
    }

    /// Smooth random values from 0 to 1 on a grid of `cell` pixels.
    private struct Lattice {
        let cell: Int
        private let values: [Float]
        private static let side = 64

        init(seed: UInt64, cell: Int) {
            self.cell = max(1, cell)
            var state = seed
            values = (0..<(Self.side * Self.side)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(state >> 40) / Float(1 << 24)
            }
        }

        func value(_ x: Int, _ y: Int) -> Float {
            let (column, row) = (x / cell, y / cell)
            let u = Float(x % cell) / Float(cell)
            let v = Float(y % cell) / Float(cell)
            let top = at(column, row) * (1 - u) + at(column + 1, row) * u
            let bottom = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u
            return top * (1 - v) + bottom * v
        }

        private func at(_ column: Int, _ row: Int) -> Float {
            values[(row % Self.side) * Self.side + column % Self.side]
        }
    }
}
