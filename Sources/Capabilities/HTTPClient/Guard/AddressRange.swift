/// A block of addresses: those whose first bits are those of a network.
public struct AddressRange: Hashable, Sendable {
    /// The network's address.
    public let network: IPAddress
    /// How many of its bits count: 0 to 32, or to 128.
    public let prefix: Int

    /// Reads `10.0.0.0/8` or `fd00::/8`; an address alone is the block of itself.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let network = IPAddress(first) else { return nil }
        let width = if case .v4 = network { 32 } else { 128 }
        guard parts.count > 1 else {
            (self.network, prefix) = (network, width)
            return
        }
        guard parts.count == 2, let prefix = Int(parts[1]), (0...width).contains(prefix) else { return nil }
        (self.network, self.prefix) = (network, prefix)
    }

    /// Whether `address` lies in it; one of the other version never does.
    public func contains(_ address: IPAddress) -> Bool {
        switch (network, address) {
        case (.v4(let network), .v4(let address)): Self.agree(UInt64(network ^ address) << 32, prefix)
        case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
            Self.agree(high ^ otherHigh, min(prefix, 64)) && Self.agree(low ^ otherLow, max(prefix - 64, 0))
        default: false
        }
    }

    /// Whether the first `bits` of a difference are zero.
    private static func agree(_ difference: UInt64, _ bits: Int) -> Bool {
        bits == 0 || difference >> UInt64(64 - bits) == 0
    }
}

extension AddressRange: CustomStringConvertible, ExpressibleByStringLiteral {
    /// `10.0.0.0/8`.
    public var description: String { "\(network)/\(prefix)" }

    /// A block that the program itself wrote; a bad one is a fault of ours and stops the program.
    public init(stringLiteral value: String) {
        guard let range = AddressRange(value) else { preconditionFailure("\(value) is no block of addresses") }
        self = range
    }
}
