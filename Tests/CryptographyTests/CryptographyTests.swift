import Cryptography
import Testing

@Suite struct `Cryptography` {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the standard's examples`(text: String, digest: String) {
        #expect(SHA256.hash(text.utf8).hex == digest)
    }

    @Test func `a hash fed in pieces equals the hash of the whole`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hash = SHA256()
        for start in stride(from: 0, to: 1000, by: 7) { hash.update(bytes[start..<min(start + 7, 1000)]) }

        #expect(hash.finalize() == SHA256.hash(bytes))
        hash.update([1] as [UInt8])
        #expect(hash.finalize() == SHA256.hash(bytes + [1]))
    }

    @Test(arguments: [
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func `HMAC-SHA-256 gives the examples of RFC 4231`(key: [UInt8], message: String, digest: String) {
        #expect(hmacSHA256(key: key, message: Array(message.utf8)).hex == digest)
    }

    @Test(arguments: [
        ("", "", true), ("secret", "secret", true), ("secret", "secreT", false), ("secret", "secret ", false),
        ("", "a", false), ("\u{e9}", "e\u{301}", false),
    ])
    func `texts are compared by their bytes`(left: String, right: String, same: Bool) {
        #expect(constantTimeEquals(left, right) == same)
    }

    @Test func `random bytes have the length asked for and do not repeat`() {
        #expect(randomBytes(0).isEmpty)
        #expect(randomBytes(33).count == 33)
        #expect(Set((0..<100).map { _ in randomBytes(16) }).count == 100)
    }
}

@Suite struct `Text forms of bytes` {
    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{ff}~~??>>"])
    func `base64 comes back as it went in`(text: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
        #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
    }

    @Test func `base64 gives the examples of RFC 4648`() {
        #expect(
            ["f", "fo", "foo", "foob"].map { Base64.standard.encode(Array($0.utf8)) } == [
                "Zg==", "Zm8=", "Zm9v", "Zm9vYg==",
            ])
        #expect(Base64.standard.encode([0xfb, 0xff]) == "+/8=")
        #expect(Base64.url.encode([0xfb, 0xff]) == "-_8")
    }

    @Test(arguments: ["A", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====", "Zm9v\n", "Zm 9v", "-_8=", "Zm9é"])
    func `text that encoding would not make is refused`(text: String) {
        #expect(Base64.standard.decode(text) == nil)
    }

    @Test(arguments: ["A", "Zg==", "Zh", "+/8", "Zm9v "])
    func `URL base64 has no padding, no plus and no slash`(text: String) {
        #expect(Base64.url.decode(text) == nil)
    }

    @Test func `hexadecimal is read in either case and written in lower case`() {
        #expect(Hex.encode([0, 0x1f, 0xff]) == "001fff")
        #expect(Hex.decode("001FfF") == [0, 0x1f, 0xff])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("é") == nil)
    }

    @Test func `a digest has 32 bytes`() {
        #expect(SHA256Digest(bytes: [1, 2]) == nil)
        #expect(SHA256Digest(bytes: SHA256.hash([]).bytes) == SHA256.hash([]))
    }
}
