/// What film and darkroom do: exposure with a soft shoulder, vignette, grain, and dither against banding.
struct Finish: Sendable {
    var exposure: Float = 1
    /// How much darker the corners are, 0 to 1.
    var vignette: Float = 0.22
    /// Strength of the grain on the screen's scale.
    var grain: Float = 0.012
    private let frame: Frame
    private let noise: Noise
    private static let curve: [Float] = (0...1024).map { index in
        let root = Float(index) / 1024
        return Colour.encoded(root * root)
    }

    init(frame: Frame, chance: inout Chance) {
        self.frame = frame
        noise = Noise(&chance)
    }

    /// Light to what paper can show, 0 to 1: linear up to 0.7, then bending so that highlights keep their colour.
    @inline(__always)
    func developed(_ light: Vector3) -> Vector3 {
        let c = light * exposure
        let peak = max(c.x, c.y, c.z)
        guard peak > 0.7 else { return c.clamped(lowerBound: .zero, upperBound: .one) }
        let shown = 1 - 0.3 * 0.3 / (peak - 0.7 + 0.3)
        let scaled = c * (shown / peak)
        // What is far too bright bleaches to white, as film does.
        let bleach = saturated((peak - 1) * 0.22)
        return mix(scaled, Vector3(repeating: shown), bleach).clamped(lowerBound: .zero, upperBound: .one)
    }

    /// The pixel (x, y) of a developed colour.
    @inline(__always)
    func bytes(_ colour: Vector3, x: Int, y: Int, at point: Vector2) -> (UInt8, UInt8, UInt8) {
        let across = Vector2(point.x / frame.right, point.y / frame.top)
        let dark = 1 - vignette * smoothStep(0.5, 1.9, dot(across, across))
        let random = noise.cell(Int32(x), Int32(y))
        let a = Float(random & 1023) * (1 / 1023)
        let b = Float(random >> 10 & 1023) * (1 / 1023)
        let c = Float(random >> 20 & 1023) * (1 / 1023)
        // The sum of three even numbers is nearly bell-shaped; the difference of two is the triangle that dithers best.
        let shown = encoded(colour * dark)
        let light = (shown.x + shown.y + shown.z) * (1 / 3.0)
        let speck = (a + b + c - 1.5) * grain * (0.35 + 2.6 * light * (1 - light))
        let dither = (a - b) * (1 / 255.0)
        let value = (shown + Vector3(repeating: speck + dither)) * 255 + 0.5
        return (byte(value.x), byte(value.y), byte(value.z))
    }

    @inline(__always)
    private func byte(_ value: Float) -> UInt8 { UInt8(clamped(value, 0, 255)) }

    @inline(__always)
    private func encoded(_ c: Vector3) -> Vector3 { Vector3(lookedUp(c.x), lookedUp(c.y), lookedUp(c.z)) }

    @inline(__always)
    private func lookedUp(_ light: Float) -> Float {
        let scaled = saturated(light).squareRoot() * 1024
        let index = min(Int(scaled), 1023)
        return mix(Self.curve[index], Self.curve[index + 1], scaled - Float(index))
    }
}
