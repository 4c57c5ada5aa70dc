import HTTPClient
import Testing

@Suite struct `Outbound URLs` {
    @Test(arguments: [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://Example.COM.:443/A?b=C#d", "https://example.com/A?b=C"),
        ("http://example.com:8080?x", "http://example.com:8080/?x"), ("http://example.com:/a", "http://example.com/a"),
        ("https://xn--bcher-kva.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("http://[::1]:81/a|b", "http://[0:0:0:0:0:0:0:1]:81/a%7Cb"), ("http://8.8.8.8/%41", "http://8.8.8.8/%41"),
    ])
    func `are brought into one form`(text: String, form: String) throws {
        let url = try OutboundURL(text)

        #expect("\(url)" == form)
        #expect(try OutboundURL(form) == url)
    }

    @Test(arguments: [
        ("file:///etc/passwd", OutboundRefusal.scheme("file")), ("gopher://example.com/", .scheme("gopher")),
        ("ftp://example.com/", .scheme("ftp")), ("dict://example.com:11211/", .scheme("dict")),
        ("javascript://example.com/", .scheme("javascript")), ("http://good@evil.example/", .userInformation),
        ("http://good:password@evil.example/", .userInformation), ("http://a@b@c.example/", .userInformation),
    ])
    func `refuse other schemes and credentials`(text: String, refusal: OutboundRefusal) {
        #expect(throws: refusal) { try OutboundURL(text) }
    }

    @Test(arguments: [
        "", "example.com", "/path", "//example.com/", "http:example.com", "http://", "http:///path", "http://?x",
        "http://a b/", "http://a\tb/", "http://a\r\nHost: b/", "http://a\u{0}b/", "http://good\\@evil.example/",
        "http://example.com:0/", "http://example.com:65536/", "http://example.com:8o/", "http://example.com:+80/",
        "http://-a.example/", "http://a..b/", "http://.a/", "http://a%2eb/", "http://bücher.example/",
        "http://①②⑦.⓪.⓪.①/", "http://ⓛocalhost/", "http://[::1/", "http://[::1%25eth0]/", "http://[1.2.3.4]/",
        "http://::1/", "http://[v1.a]/",
    ])
    func `refuse what two programs may read differently`(text: String) {
        #expect(throws: OutboundRefusal.self) { try OutboundURL(text) }
    }

    @Test(arguments: [
        "2130706433", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "0177.0.0.01", "0x7f.0x0.0x0.0x1",
        "127.0.0.0x1", "1.2.3.4.5", "256.256.256.256", "a.0x", "017700000001", "127.0.0.1.2.3.", "0.0.0.0x7f",
    ])
    func `refuse addresses in unusual forms`(host: String) {
        #expect(throws: OutboundRefusal.self) { try OutboundURL("http://\(host)/") }
    }

    @Test(arguments: [
        ("/x", "http://a.example/x"), ("x", "http://a.example/b/x"), ("?q", "http://a.example/b/c?q"),
        ("../x", "http://a.example/x"), ("../../../x", "http://a.example/x"), ("./", "http://a.example/b/"),
        ("//b.example/x", "http://b.example/x"), ("https://b.example", "https://b.example/"),
        ("x?y=/../z", "http://a.example/b/x?y=/../z"), ("", "http://a.example/b/c?d"),
        ("#here", "http://a.example/b/c?d"), ("/a:b", "http://a.example/a:b"),
    ])
    func `follow a reference as RFC 3986 says`(reference: String, target: String) throws {
        let url = try OutboundURL("http://a.example/b/c?d")

        #expect("\(try url.following(reference))" == target)
    }

    @Test(arguments: ["file:///etc/passwd", "gopher:x", "//user@b.example/", "http://127.1/", "a b"])
    func `hold a redirect to the same rules`(reference: String) throws {
        let url = try OutboundURL("http://a.example/")

        #expect(throws: OutboundRefusal.self) { try url.following(reference) }
    }
}
