/// What a `Range` field asks for, of a content of known size.
///
/// - SeeAlso: RFC 9110, section 14.
enum ByteRange: Equatable {
    /// Everything: no range, several of them, another unit, or one that cannot be read, which the standard says to ignore.
    case whole
    case part(offset: Int, count: Int)
    /// A range that begins behind the end.
    case unsatisfiable

    init(_ field: String?, byteCount: Int) {
        self = field.flatMap { Self.parse($0, byteCount) } ?? .whole
    }

    private static func parse(_ field: String, _ size: Int) -> ByteRange? {
        let halves = field.split(separator: "=", maxSplits: 1)
        guard halves.count == 2, String(halves[0]).equalsIgnoringASCIICase("bytes"), !halves[1].contains(",") else {
            return nil
        }
        let ends = halves[1].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        if ends[0].isEmpty {
            guard let count = number(ends[1]) else { return nil }
            return count == 0 || size == 0
                ? .unsatisfiable : .part(offset: max(0, size - count), count: min(count, size))
        }
        guard let first = number(ends[0]) else { return nil }
        let last = ends[1].isEmpty ? Int.max : number(ends[1])
        guard let last, first <= last else { return nil }
        return first >= size ? .unsatisfiable : .part(offset: first, count: min(last, size - 1) - first + 1)
    }

    /// Digits only; more of them than an integer holds mean the largest one, as they lie behind every end.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }
}
