/// How large a generated picture is to be, or only its shape.
public enum GenerationSize: Codable, Hashable, Sendable {
    /// Exactly this many pixels.
    case pixels(width: Int, height: Int)
    /// This shape, at the size that the provider makes best: `ratio(width: 16, height: 9)`.
    case ratio(width: Int, height: Int)

    /// A square of 1024 pixels, which every provider makes.
    public static let standard = GenerationSize.pixels(width: 1024, height: 1024)

    /// Reads `16:9` as a ratio and `1024x768` as pixels; nil for anything else.
    public init?(_ text: String) {
        for (separator, make) in [(Character(":"), Self.makeRatio), (Character("x"), Self.makePixels)] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]) else { continue }
            guard width > 0, height > 0 else { return nil }
            self = make(width, height)
            return
        }
        return nil
    }

    private static func makeRatio(_ width: Int, _ height: Int) -> Self { .ratio(width: width, height: height) }
    private static func makePixels(_ width: Int, _ height: Int) -> Self { .pixels(width: width, height: height) }

    /// The pixels of this size: a ratio gets about `area` pixels, with both sides a multiple of `step`.
    ///
    /// Sides below one and shapes beyond 1:64 come out as they are asked for, so that a provider's limit refuses them.
    public func resolved(area: Int = 1 << 20, step: Int = 16) -> (width: Int, height: Int) {
        guard case .ratio(let across, let down) = self else {
            guard case .pixels(let width, let height) = self else { return (0, 0) }
            return (width, height)
        }
        guard across > 0, down > 0, step > 0 else { return (0, 0) }
        let shape = Double(across) / Double(down)
        let width = (Double(area) * shape).squareRoot()
        let snap = { (side: Double) in max(step, Int((side / Double(step)).rounded()) * step) }
        guard (1.0 / 64...64).contains(shape) else { return (0, 0) }
        return (snap(width), snap(width / shape))
    }
}
