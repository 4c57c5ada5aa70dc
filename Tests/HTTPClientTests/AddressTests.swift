import HTTPClient
import Testing

@Suite struct `Addresses` {
    @Test(arguments: [
        ("127.0.0.1", AddressKind.loopback), ("127.255.255.254", .loopback), ("::1", .loopback),
        ("0.0.0.0", .group), ("0.1.2.3", .group), ("::", .group), ("224.0.0.1", .group), ("239.255.255.255", .group),
        ("ff02::1", .group), ("169.254.169.254", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
        ("10.0.0.1", .private), ("10.255.255.255", .private), ("172.16.0.1", .private), ("172.31.255.255", .private),
        ("192.168.0.1", .private), ("100.64.0.1", .private), ("100.127.255.255", .private), ("fc00::1", .private),
        ("fdff::1", .private), ("fec0::1", .private), ("192.0.0.170", .reserved), ("192.0.2.1", .reserved),
        ("198.18.0.1", .reserved), ("198.19.255.255", .reserved), ("198.51.100.7", .reserved),
        ("203.0.113.9", .reserved), ("240.0.0.1", .reserved), ("255.255.255.255", .reserved),
        ("2001:db8::1", .reserved), ("3fff::1", .reserved), ("100::1", .reserved), ("2001:2::1", .reserved),
        ("4000::1", .reserved), ("::7f00:1", .reserved), ("::ffff:127.0.0.1", .tunnel), ("::ffff:8.8.8.8", .tunnel),
        ("2002:7f00:1::1", .tunnel), ("2001:0:1::1", .tunnel), ("64:ff9b:1::1", .tunnel), ("192.88.99.1", .tunnel),
        ("64:ff9b::7f00:1", .loopback), ("64:ff9b::a9fe:a9fe", .linkLocal), ("64:ff9b::808:808", .public),
        ("8.8.8.8", .public), ("1.1.1.1", .public), ("172.15.255.255", .public), ("172.32.0.0", .public),
        ("100.63.255.255", .public), ("100.128.0.0", .public), ("192.167.255.255", .public), ("11.0.0.0", .public),
        ("9.255.255.255", .public), ("223.255.255.255", .public), ("198.17.255.255", .public),
        ("198.20.0.0", .public), ("2606:4700:4700::1111", .public), ("2a00:1450:4001::200e", .public),
        ("2003::1", .public), ("2001:4860:4860::8888", .public),
    ])
    func `each is of the kind that the registries say`(text: String, kind: AddressKind) throws {
        let address = try #require(IPAddress(text))

        #expect(AddressKind(address) == kind)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "0x7f.0.0.1", "1.2.3.4 ", "1..2.3", "+1.2.3.4", ":",
        ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::1%eth0", "1:2:3:4:5:6:7::8:9",
        "1.2.3.4::", "١.2.3.4",
    ])
    func `what is not in the usual form is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("2001:DB8::A", "2001:db8:0:0:0:0:0:a"), ("::", "0:0:0:0:0:0:0:0"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:1.2.3.4", "0:0:0:0:0:ffff:102:304"), ("10.20.30.40", "10.20.30.40"),
    ])
    func `every address has one form`(text: String, form: String) throws {
        let address = try #require(IPAddress(text))

        #expect("\(address)" == form)
        #expect(IPAddress(form) == address)
    }

    @Test func `the bytes of a socket make the same address as its text`() {
        #expect(IPAddress(bytes: [127, 0, 0, 1]) == IPAddress("127.0.0.1"))
        #expect(IPAddress(bytes: [0xfe, 0x80] + Array(repeating: 0, count: 13) + [1]) == IPAddress("fe80::1"))
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7", "192.168.1.8", false), ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe00::1", false), ("::/0", "1.2.3.4", false), ("2001:db8::/65", "2001:db8::1", true),
        ("2001:db8::/65", "2001:db8:0:0:8000::1", false),
    ])
    func `a block holds what begins with its bits`(block: String, address: String, isIn: Bool) throws {
        let range = try #require(AddressRange(block))
        let ip = try #require(IPAddress(address))

        #expect(range.contains(ip) == isIn)
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "10.0/8", "fd00::/129", "10.0.0.0/8/8"])
    func `a block has as many bits as its addresses`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
