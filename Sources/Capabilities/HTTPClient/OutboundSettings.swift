public import Settings

/// Where requests may go.
public enum OutboundSettings {
    /// How much may leave.
    public static let mode = Setting(
        "ATELIER_EGRESS", .enumeration, default: Egress.Mode.open,
        meaning: "Which hosts may be reached for clients: open for all public ones, allow-list, or offline for none.")

    /// What may be reached besides.
    public static let allowed = Setting(
        "ATELIER_EGRESS_ALLOW", .list(of: .egressRule), default: [],
        meaning: "Hosts that may be reached for clients even if they are not public: HOST, *.DOMAIN, HOST:PORT or CIDR."
    )

    /// Through what.
    public static let proxy = Setting(
        "ATELIER_EGRESS_PROXY", .optional(.url()), default: nil,
        meaning: "The proxy for all requests; hosts that clients choose must then be in ATELIER_EGRESS_ALLOW.")

    /// Whom to believe besides the system's list.
    public static let authorities = Setting(
        "ATELIER_EGRESS_CA_FILE", .optional(.path), default: nil,
        meaning: "Certificate authorities to believe instead of the system's, a PEM file.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [mode, allowed, proxy, authorities]
}

extension SettingKind where Value == EgressRule {
    /// A host or block of addresses.
    static let egressRule = SettingKind(
        accepted: "HOST, *.DOMAIN, HOST:PORT or CIDR",
        parse: { text throws(SettingRefusal) in
            guard let rule = EgressRule(text) else { throw SettingRefusal("holds an entry that names no host") }
            return rule
        }, show: \.description)
}
