import Cryptography
import Identity
import Testing

@Suite struct `HTTP Basic` {
    let verifier = BasicVerifier(accounts: [
        BasicCredentials(username: "ann", password: Password("s3:cret")),
        BasicCredentials(username: "zoë", password: Password("pässwörd")),
    ])

    static func header(_ text: String) -> String { "Basic " + Base64.standard.encode(Array(text.utf8)) }

    @Test(arguments: [
        (header("ann:s3:cret"), "ann"), (header("zoë:pässwörd"), "zoë"),
        ("bAsIc   YW5uOnMzOmNyZXQ=", "ann"),
    ])
    func `right credentials name their account`(authorization: String, name: String) {
        #expect(verifier.principal(authorization: authorization) == Principal(name: name, scheme: "basic"))
    }

    @Test(arguments: [
        header("ann:wrong"), header("ann:"), header("bob:s3:cret"), header("ANN:s3:cret"), header("ann:pässwörd"),
        header(":"), header(""),
    ])
    func `wrong credentials name nobody`(authorization: String) {
        #expect(verifier.principal(authorization: authorization) == nil)
    }

    @Test(arguments: [
        ("", CredentialsFault.otherScheme), ("Bearer YW5u", .otherScheme), ("Basicx YW5u", .otherScheme),
        ("Basic", .notBase64), ("Basic ", .notBase64), ("Basic %%%", .notBase64), ("Basic YW5uOnMzOmNyZXQ", .notBase64),
        ("Basic YW5u OnMz", .notBase64), ("Basic " + Base64.standard.encode([0x61, 0x3a, 0xff]), .notUTF8),
        (header("ann"), .noColon), (header("ann:a\u{0}b"), .controlCharacter), (header("a\nb:c"), .controlCharacter),
    ])
    func `garbled credentials say what is wrong and name nobody`(authorization: String, fault: CredentialsFault) {
        #expect(throws: fault) { try BasicCredentials(authorization: authorization) }
        #expect(verifier.principal(authorization: authorization) == nil)
    }

    @Test func `without accounts nobody is let in`() {
        #expect(BasicVerifier(accounts: []).principal(authorization: Self.header(":")) == nil)
    }

    @Test func `a password shows itself nowhere`() {
        let credentials = BasicCredentials(username: "ann", password: Password("hunter2"))
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(BasicVerifier(accounts: [credentials]), to: &dumped)

        let printed = "\(credentials.password) \(String(reflecting: credentials.password)) \(credentials)"

        #expect(!dumped.contains("hunter2") && !printed.contains("hunter2"))
        #expect(dumped.contains("(hidden)") && printed.contains("(hidden)"))
    }
}
