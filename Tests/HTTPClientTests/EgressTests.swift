import HTTPClient
import Testing

@Suite struct `The way out` {
    static let inward = [
        "http://127.0.0.1/", "http://[::1]/", "http://0.0.0.0/", "http://[::]/", "http://169.254.169.254/latest/",
        "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://192.0.0.1/",
        "http://198.18.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://[fc00::1]/",
        "http://[fe80::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:8.8.8.8]/", "http://[2002:7f00:1::]/",
        "http://[64:ff9b::7f00:1]/", "http://[2001:0:1::]/", "http://[2001:db8::1]/", "http://203.0.113.1/",
        "http://localhost/", "http://localhost./", "http://LOCALHOST/", "http://a.localhost/", "http://printer.local/",
        "http://metadata.google.internal/", "http://intranet/",
    ]

    @Test(arguments: inward) func `is closed to what is not on the internet`(text: String) throws {
        let url = try OutboundURL(text)

        #expect(throws: OutboundRefusal.self) { try Egress().check(url, trust: .guarded) }
    }

    @Test(arguments: inward) func `is open to the operator's own services`(text: String) throws {
        let url = try OutboundURL(text)

        try Egress().check(url, trust: .trusted)
    }

    @Test(arguments: [22, 25, 53, 110, 139, 445, 514, 1023])
    func `is closed to ports that are not of web servers`(port: Int) throws {
        let url = try OutboundURL("http://example.com:\(port)/")

        #expect(throws: OutboundRefusal.port(port)) { try Egress().check(url, trust: .guarded) }
        try Egress(allowed: [try #require(EgressRule("example.com:\(port)"))]).check(url, trust: .guarded)
    }

    @Test func `a name that turns out to be an inward address is refused`() throws {
        let url = try OutboundURL("http://rebinding.example.com/")
        let inward = try #require(IPAddress("127.0.0.1"))

        try Egress().check(url, trust: .guarded)
        #expect(throws: OutboundRefusal.address(.loopback)) {
            try Egress().check(inward, of: url, trust: .guarded)
        }
    }

    @Test(arguments: [
        ("127.0.0.1:9000", "http://127.0.0.1:9000/", true), ("127.0.0.1:9000", "http://127.0.0.1:9001/", false),
        ("127.0.0.1", "http://127.0.0.1:9001/", true), ("10.0.0.0/8", "http://10.1.2.3/", true),
        ("10.0.0.0/8", "http://192.168.0.1/", false), ("[::1]:81", "http://[::1]:81/", true),
        ("hooks.local", "http://hooks.local/", true), ("*.corp.internal", "http://a.corp.internal/", true),
        ("*.corp.internal", "http://corp.internal/", false), ("*.corp.internal", "http://evilcorp.internal/", false),
    ])
    func `opens to what the operator lists`(rule: String, text: String, isOpen: Bool) throws {
        let egress = Egress(allowed: [try #require(EgressRule(rule))])
        let url = try OutboundURL(text)

        let isAdmitted = (try? egress.check(url, trust: .guarded)) != nil
        #expect(isAdmitted == isOpen)
    }

    @Test func `a listed name may be in the own network, but never where clouds keep credentials`() throws {
        let egress = Egress(allowed: [try #require(EgressRule("hooks.local"))])
        let url = try OutboundURL("http://hooks.local/")

        try egress.check(try #require(IPAddress("10.0.0.7")), of: url, trust: .guarded)
        #expect(throws: OutboundRefusal.address(.linkLocal)) {
            try egress.check(try #require(IPAddress("169.254.169.254")), of: url, trust: .guarded)
        }
    }

    @Test func `a listed block opens to every name that leads there`() throws {
        let egress = Egress(allowed: [try #require(EgressRule("10.0.0.0/8"))])
        let url = try OutboundURL("http://files.example.com/")

        try egress.check(try #require(IPAddress("10.0.0.7")), of: url, trust: .guarded)
        #expect(throws: OutboundRefusal.self) {
            try egress.check(try #require(IPAddress("192.168.0.7")), of: url, trust: .guarded)
        }
    }

    @Test func `an allow-list lets nothing else out for clients`() throws {
        let egress = Egress(mode: .allowList, allowed: [try #require(EgressRule("files.example.com"))])

        try egress.check(try OutboundURL("https://files.example.com/"), trust: .guarded)
        #expect(throws: OutboundRefusal.notAllowed(host: "other.example.com")) {
            try egress.check(try OutboundURL("https://other.example.com/"), trust: .guarded)
        }
        try egress.check(try OutboundURL("https://other.example.com/"), trust: .trusted)
    }

    @Test func `an allow-list of blocks decides by the address`() throws {
        let egress = Egress(mode: .allowList, allowed: [try #require(EgressRule("8.8.8.0/24"))])
        let url = try OutboundURL("https://dns.example.com/")

        try egress.check(url, trust: .guarded)
        try egress.check(try #require(IPAddress("8.8.8.8")), of: url, trust: .guarded)
        #expect(throws: OutboundRefusal.notAllowed(host: "dns.example.com")) {
            try egress.check(try #require(IPAddress("1.1.1.1")), of: url, trust: .guarded)
        }
    }

    @Test func `offline, only the operator's services on this machine are reached`() throws {
        let egress = Egress(mode: .offline, allowed: [try #require(EgressRule("example.com"))])
        let url = try OutboundURL("https://example.com/")
        let own = try OutboundURL("http://127.0.0.1:9000/")

        #expect(throws: OutboundRefusal.offline) { try egress.check(url, trust: .guarded) }
        #expect(throws: OutboundRefusal.offline) { try egress.check(own, trust: .guarded) }
        try egress.check(own, trust: .trusted)
        #expect(throws: OutboundRefusal.offline) {
            try egress.check(try #require(IPAddress("8.8.8.8")), of: url, trust: .trusted)
        }
    }

    @Test func `behind a proxy clients reach only what is listed`() throws {
        let egress = Egress(allowed: [try #require(EgressRule("files.example.com"))], proxy: "http://proxy:3128")

        try egress.check(try OutboundURL("https://files.example.com/"), trust: .guarded)
        try egress.check(try OutboundURL("https://own.example.com/"), trust: .trusted)
        #expect(throws: OutboundRefusal.behindProxy(host: "other.example.com")) {
            try egress.check(try OutboundURL("https://other.example.com/"), trust: .guarded)
        }
    }

    @Test(arguments: ["", "*", "*.10.0.0.1", "http://127.0.0.1:80", "a:0", "a:b", "10.0.0.0/40", "a b", "127.1"])
    func `a rule names a host, a domain or a block`(text: String) {
        #expect(EgressRule(text) == nil)
    }

    @Test(arguments: [
        "a.example", "*.a.example", "a.example:81", "10.0.0.0/8", "127.0.0.1:9000", "[0:0:0:0:0:0:0:1]:81",
    ])
    func `a rule is written as it is read`(text: String) throws {
        #expect(try #require(EgressRule(text)).description == text)
    }
}
