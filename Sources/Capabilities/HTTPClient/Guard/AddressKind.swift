/// What an address is for, by the registries of special-purpose addresses (RFC 6890 and its successors).
public enum AddressKind: String, Sendable, CaseIterable {
    /// Anybody's, on the internet.
    case `public`
    /// This machine.
    case loopback
    /// The own network: RFC 1918, shared carrier addresses, unique local addresses.
    case `private`
    /// The link the machine hangs on, where clouds keep their credentials.
    case linkLocal
    /// No single machine's: unspecified, multicast, broadcast.
    case group
    /// Set aside for protocols, documentation and measurements.
    case reserved
    /// An address within an address, which hides where the packets go: mapped, 6to4, Teredo.
    case tunnel

    /// Classifies `address`.
    ///
    /// Of IPv6 only what is handed out as global unicast (2000::/3) is public, and addresses behind the well-known NAT64
    /// prefix are what the IPv4 address within them is.
    public init(_ address: IPAddress) {
        self = Self.table.first { $0.range.contains(address) }?.kind ?? Self.otherwise(address)
    }

    private static func otherwise(_ address: IPAddress) -> AddressKind {
        switch address {
        case .v4: .public
        case .v6(0x0064_ff9b_0000_0000, let low) where low >> 32 == 0:
            AddressKind(.v4(UInt32(truncatingIfNeeded: low)))
        case .v6(let high, _): high >> 61 == 1 ? .public : .reserved
        }
    }

    /// The first that contains an address decides.
    private static let table: [(range: AddressRange, kind: AddressKind)] = [
        ("0.0.0.0/8", .group), ("10.0.0.0/8", .private), ("100.64.0.0/10", .private), ("127.0.0.0/8", .loopback),
        ("169.254.0.0/16", .linkLocal), ("172.16.0.0/12", .private), ("192.0.0.0/24", .reserved),
        ("192.0.2.0/24", .reserved), ("192.31.196.0/24", .reserved), ("192.52.193.0/24", .reserved),
        ("192.88.99.0/24", .tunnel), ("192.168.0.0/16", .private), ("192.175.48.0/24", .reserved),
        ("198.18.0.0/15", .reserved), ("198.51.100.0/24", .reserved), ("203.0.113.0/24", .reserved),
        ("224.0.0.0/4", .group), ("240.0.0.0/4", .reserved),
        ("::/128", .group), ("::1/128", .loopback), ("::ffff:0:0/96", .tunnel), ("64:ff9b:1::/48", .tunnel),
        ("100::/64", .reserved), ("2001::/32", .tunnel), ("2001::/23", .reserved), ("2001:db8::/32", .reserved),
        ("2002::/16", .tunnel), ("2620:4f:8000::/48", .reserved), ("3fff::/20", .reserved), ("fc00::/7", .private),
        ("fe80::/10", .linkLocal), ("fec0::/10", .private), ("ff00::/8", .group),
    ]
}
