import Imaging

/// A generator with a seed, so that a failing case can be repeated (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Bitmap {
    /// A picture from a function of its pixels.
    init(width: Int, height: Int, channels: Int = 3, _ colour: (Int, Int) -> [UInt8]) {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * channels)
        for y in 0..<height { for x in 0..<width { pixels += colour(x, y) } }
        self.init(size: PixelSize(width: width, height: height), channels: channels, pixels: pixels)
    }

    static let red: [UInt8] = [220, 30, 30]
    static let green: [UInt8] = [30, 200, 40]
    static let blue: [UInt8] = [20, 40, 210]
    static let white: [UInt8] = [240, 240, 240]

    /// Red and green above blue and white, 120 by 80: every orientation of it looks different.
    static let quarters = Bitmap(width: 120, height: 80) { x, y in
        y < 40 ? (x < 60 ? red : green) : (x < 60 ? blue : white)
    }

    /// The colours at the middle of the four quarters: top left, top right, bottom left, bottom right.
    var quarterColours: [[UInt8]] {
        [(1, 1), (3, 1), (1, 3), (3, 3)].map { Array(self[width * $0 / 4, height * $1 / 4]) }
    }

    /// Smooth waves with some noise: like a photograph to a codec.
    static func waves(width: Int, height: Int, seed: UInt64 = 1) -> Bitmap {
        var random = SeededRandom(seed: seed)
        return Bitmap(width: width, height: height) { x, y in
            let wave = (x * 3 + y * 2 + (x * y) / 97) % 200
            let noise = Int(random.next() % 16)
            return [UInt8(20 + wave), UInt8(220 - wave), UInt8((x + y) % 150 + noise)]
        }
    }
}

/// Whether two colours differ by at most `tolerance` in each channel.
func isClose(_ one: [UInt8], _ other: [UInt8], tolerance: Int) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { abs(Int($0) - Int($1)) <= tolerance }
}
