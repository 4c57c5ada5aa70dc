/// Nine values at even places, and the smooth curve through them: the outline of what is turned on a lathe.
///
/// They lie in a vector, since an array's reference counting would cost more than the formula that reads it.
struct Profile: Sendable, ExpressibleByArrayLiteral {
    private var values = SIMD16<Float>()
    static let count = 9

    /// Takes exactly nine values.
    init(arrayLiteral elements: Float...) {
        precondition(elements.count == Self.count, "a profile has nine values")
        for (index, element) in elements.enumerated() { values[index] = element }
    }

    static func * (profile: Profile, factor: Float) -> Profile {
        var result = profile
        result.values *= factor
        return result
    }

    var greatest: Float { values.max() }
    var last: Float { values[Self.count - 1] }

    /// Catmull and Rom's curve at `place`, 0 to 8, and how much it rises from one value to the next.
    func curve(at place: Float) -> (value: Float, rise: Float) {
        let last = Self.count - 1
        let index = min(max(Int(place), 0), last - 1)
        let t = place - Float(index)
        let (a, b) = (values[index], values[index + 1])
        let before = values[max(index - 1, 0)]
        let after = values[min(index + 2, last)]
        let bow = t * (2 * before - 5 * a + 4 * b - after + t * (3 * (a - b) + after - before))
        return (a + 0.5 * t * (b - before + bow), b - a)
    }
}
