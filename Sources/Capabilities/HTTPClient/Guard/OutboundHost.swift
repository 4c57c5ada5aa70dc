/// The host of a URL, in the one form in which it is compared and connected to.
public enum OutboundHost: Hashable, Sendable {
    /// A name in lower case, without a dot at its end.
    case name(String)
    /// An address that the URL itself gives.
    case address(IPAddress)

    /// Reads the host of a URL: a name, four decimal numbers, or an IPv6 address in brackets.
    /// - Throws: ``OutboundRefusal/malformed(_:)``. What one program reads as a name and the next as an address is
    ///   refused, not guessed: `0x7f.1`, `2130706433`, `0177.0.0.1`, letters outside ASCII.
    public init(_ text: some StringProtocol) throws(OutboundRefusal) {
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()), case .v6 = address else {
                throw .malformed("the brackets hold no IPv6 address")
            }
            self = .address(address)
            return
        }
        let name = (text.hasSuffix(".") ? String(text.dropLast()) : String(text)).lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw .malformed("the host has letters outside ASCII; write it in its xn-- form")
        }
        guard !name.isEmpty, name.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else {
            throw .malformed("the host is no name")
        }
        if let address = IPAddress(name) {
            self = .address(address)
        } else if labels.last.map(Self.isNumber) == true {
            throw .malformed("the host is an address in an unusual form; write four decimal numbers")
        } else {
            self = .name(name)
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x5f
            }
    }

    /// Whether resolvers take a last label for a number: then the whole host is an address to them.
    private static func isNumber(_ label: Substring) -> Bool {
        if label.hasPrefix("0x") { return label.dropFirst(2).allSatisfy(\.isHexDigit) }
        return label.allSatisfy(\.isNumber)
    }
}

extension OutboundHost: CustomStringConvertible {
    /// As in a URL: an IPv6 address in brackets.
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(let address): if case .v6 = address { "[\(address)]" } else { "\(address)" }
        }
    }
}
