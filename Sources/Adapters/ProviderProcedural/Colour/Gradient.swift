/// A run of colours that is even to the eye, looked up fast.
struct Gradient: Sendable {
    private let steps: [Vector3]
    private static let count = 256

    /// Spreads `stops` (position 0 to 1, ascending) over the run.
    init(_ stops: [(position: Float, colour: Vector3)]) {
        steps = (0...Self.count).map { index in
            let t = Float(index) / Float(Self.count)
            guard let next = stops.firstIndex(where: { $0.position >= t }) else { return stops[stops.count - 1].colour }
            guard next > 0 else { return stops[0].colour }
            let (a, b) = (stops[next - 1], stops[next])
            return Colour.blend(a.colour, b.colour, (t - a.position) / max(b.position - a.position, 1e-6))
        }
    }

    /// Spreads `colours` evenly.
    init(even colours: [Vector3]) {
        let last = Float(max(colours.count - 1, 1))
        self.init(colours.enumerated().map { (Float($0.offset) / last, $0.element) })
    }

    /// The colour at `t`, 0 to 1; beyond, the ends.
    @inline(__always)
    func at(_ t: Float) -> Vector3 {
        let scaled = saturated(t) * Float(Self.count)
        let index = min(Int(scaled), Self.count - 1)
        return mix(steps[index], steps[index + 1], scaled - Float(index))
    }
}
