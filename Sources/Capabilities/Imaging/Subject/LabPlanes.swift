import Glibc

/// A small picture as three planes in CIE L*a*b*, where distances are about what people see.
struct LabPlanes {
    let width: Int
    let height: Int
    /// L*, a* and b*, rows from the top.
    var planes: [[Float]]
    /// How much each pixel looks like skin, 0 to 1.
    var skin: [Float]

    /// Converts packed eight-bit sRGB pixels, three bytes each (IEC 61966-2-1, white point D65).
    init(rgb: [UInt8], size: PixelSize) {
        width = size.width
        height = size.height
        let count = size.pixelCount
        planes = Array(repeating: [Float](repeating: 0, count: count), count: 3)
        skin = [Float](repeating: 0, count: count)
        for pixel in 0..<count {
            let red = Self.linear[Int(rgb[pixel * 3])]
            let green = Self.linear[Int(rgb[pixel * 3 + 1])]
            let blue = Self.linear[Int(rgb[pixel * 3 + 2])]
            let x = Self.compressed((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
            let y = Self.compressed(0.2126 * red + 0.7152 * green + 0.0722 * blue)
            let z = Self.compressed((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
            planes[0][pixel] = 116 * y - 16
            planes[1][pixel] = 500 * (x - y)
            planes[2][pixel] = 200 * (y - z)
            skin[pixel] = Self.skinLikeness(planes[0][pixel], planes[1][pixel], planes[2][pixel])
        }
    }

    /// The sRGB transfer function for every byte.
    private static let linear: [Float] = (0...255).map { byte in
        let value = Float(byte) / 255
        return value <= 0.04045 ? value / 12.92 : powf((value + 0.055) / 1.055, 2.4)
    }

    private static func compressed(_ value: Float) -> Float {
        value > 0.008856 ? cbrtf(value) : 7.787 * value + 16 / 116
    }

    /// Skin of all shades keeps its hue, a* of about 16 with b* of about 20, while its lightness varies.
    private static func skinLikeness(_ lightness: Float, _ a: Float, _ b: Float) -> Float {
        guard lightness > 20, lightness < 95 else { return 0 }
        let distance = ((a - 16) * (a - 16)) / 64 + ((b - 20) * (b - 20)) / 81
        return max(0, 1 - distance / 2)
    }
}
