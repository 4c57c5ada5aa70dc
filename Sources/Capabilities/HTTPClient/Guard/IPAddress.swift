/// An internet address, as numbers.
public enum IPAddress: Hashable, Sendable {
    /// Four bytes, the first the most significant.
    case v4(UInt32)
    /// Sixteen bytes.
    case v6(high: UInt64, low: UInt64)

    /// Takes the bytes of an address in network order; nil unless there are 4 or 16.
    public init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            let halves = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
            self = .v6(high: halves[0], low: halves[1])
        default: return nil
        }
    }

    /// Reads the usual form: four decimal numbers, or the text form of RFC 4291 without brackets and zone.
    ///
    /// The shortened, octal and hexadecimal forms that some resolvers take (`127.1`, `0177.0.0.1`) are none.
    public init?(_ text: some StringProtocol) {
        guard let address = text.contains(":") ? Self.v6(text) : Self.v4(text) else { return nil }
        self = address
    }

    private static func v4(_ text: some StringProtocol) -> IPAddress? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part),
                part.count == 1 || !part.hasPrefix("0")
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return .v4(value)
    }

    private static func v6(_ text: some StringProtocol) -> IPAddress? {
        let text = String(text)
        if let gap = text.firstRange(of: "::") {
            guard !text[..<gap.lowerBound].contains("."), let before = groups(text[..<gap.lowerBound]),
                let after = groups(text[gap.upperBound...]), before.count + after.count < 8
            else { return nil }
            return join(before + Array(repeating: 0, count: 8 - before.count - after.count) + after)
        }
        guard let all = groups(text[...]), all.count == 8 else { return nil }
        return join(all)
    }

    /// Groups of up to four hexadecimal digits; the last may be an IPv4 address, which is two of them.
    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains("."), case .v4(let value) = v4(part) {
                groups += [UInt16(value >> 16), UInt16(truncatingIfNeeded: value)]
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func join(_ groups: [UInt16]) -> IPAddress {
        let halves = [groups[..<4], groups[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        return .v6(high: halves[0], low: halves[1])
    }
}

extension IPAddress: CustomStringConvertible {
    /// Four decimal numbers, or eight groups of hexadecimal digits without leading zeros.
    public var description: String {
        switch self {
        case .v4(let value): [24, 16, 8, 0].map { String(value >> UInt32($0) & 0xff) }.joined(separator: ".")
        case .v6(let high, let low):
            [high, low].flatMap { half in [48, 32, 16, 0].map { String(half >> UInt64($0) & 0xffff, radix: 16) } }
                .joined(separator: ":")
        }
    }
}
