import AtelierTesting
import Database
import Foundation
import Testing

/// The MariaDB that `scripts/test-servers.sh` starts shows a certificate for `localhost` that it made itself.
@Suite struct `Encryption of connections to MariaDB` {
    private static let certificate = ProcessInfo.processInfo.environment["ATELIER_TEST_SERVERS"].map {
        $0 + "/mariadb/certificate.pem"
    }
    private static var isTestable: Bool { TestDatabase.mariadb.isAvailable && certificate != nil }

    @Test(.enabled(if: isTestable), arguments: [("DISABLED", false), ("PREFERRED", true), ("REQUIRED", true)])
    func `is on as far as it is wanted`(_ mode: String, _ isEncrypted: Bool) async throws {
        try await TestDatabase.mariadb.withURL { url in
            let cipher = try await withConnection(to: url.with(option: "ssl-mode=\(mode)")) {
                try $0.first("SHOW SESSION STATUS LIKE 'Ssl_cipher'")?.text("Value")
            }

            #expect((cipher?.isEmpty == false) == isEncrypted)
        }
    }

    @Test(.enabled(if: isTestable))
    func `accepts the certificate that was named, for the host that it names`() async throws {
        let file = try #require(Self.certificate)
        try await TestDatabase.mariadb.withURL { url in
            let known = url.replacing("@127.0.0.1:", with: "@localhost:")
            let identity = "ssl-mode=VERIFY_IDENTITY"

            let one = try await withConnection(to: known.with(option: "\(identity)&ssl-ca=\(file)")) {
                try $0.first("SELECT 1 AS one")?.integer("one")
            }
            #expect(one == 1)
            // Nobody vouches for it; it is for another host; the file is not there.
            for wrong in [
                known.with(option: identity), url.with(option: "\(identity)&ssl-ca=\(file)"),
                known.with(option: "\(identity)&ssl-ca=/nowhere.pem"),
            ] {
                let error = await #expect(throws: DatabaseError.self) { try await withConnection(to: wrong) { _ in } }
                #expect(error?.description.contains("ssl-ca") == true)
            }
        }
    }
}
