/// A stream of random numbers that depends on its starting words alone: SplitMix64.
///
/// Swift's own hashing is salted for every process, so prompts are folded with FNV-1a instead.
/// - SeeAlso: Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, 2014.
struct Chance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// The stream of `seed` for the use that `purpose` names, so that a new use does not shift the others.
    init(seed: UInt64, purpose: String) {
        state = Self.mixed(seed ^ Self.hash(purpose))
    }

    /// 64 bits that depend on every byte of `text`: FNV-1a, then SplitMix64's finish.
    static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(hash)
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func bits() -> UInt64 {
        defer { state = state &+ 0x9E37_79B9_7F4A_7C15 }
        return Self.mixed(state)
    }

    /// A number from 0 up to 1.
    mutating func unit() -> Float { Float(bits() >> 40) * (1 / 16_777_216) }

    mutating func number(_ low: Float, _ high: Float) -> Float { mix(low, high, unit()) }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(bits() >> 33) % (range.upperBound - range.lowerBound + 1)
    }

    mutating func happens(_ probability: Float) -> Bool { unit() < probability }

    /// One of `choices`, which must not be empty.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[integer(0...(choices.count - 1))] }

    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for index in result.indices.dropFirst() { result.swapAt(index, integer(0...index)) }
        return result
    }
}
