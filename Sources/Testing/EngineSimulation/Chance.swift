/// SplitMix64: small, fast, and the same numbers for the same seed everywhere.
///
/// - SeeAlso: Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 up to `limit`, which is at least 1.
    mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % limit }
    mutating func between(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
    /// 0 up to 1.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func happens(_ probability: Double) -> Bool { fraction() < probability }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A sequence of its own, so that one more draw here does not change everything there.
    mutating func branch() -> Chance { Chance(seed: next()) }
}
