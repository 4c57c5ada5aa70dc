import AtelierTesting
import Concurrency

/// A receiver of webhooks on this machine, which counts what comes.
final class HookReceiver: Sendable {
    private final class Mailbox: Sendable {
        let messages = Locked<[String]>([])
    }
    private let server: RawServer
    private let mailbox: Mailbox

    init() throws {
        let mailbox = Mailbox()
        self.mailbox = mailbox
        server = try RawServer { connection in
            while true {
                let request = try await connection.readRequest()
                mailbox.messages.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
                try await connection.answer("204 No Content")
            }
        }
    }

    deinit { server.stop() }

    var url: String { "http://127.0.0.1:\(server.port)/hook" }

    /// What lets our program send here.
    var settings: [String: String] { ["ATELIER_EGRESS_ALLOW": "127.0.0.1"] }

    /// How many messages tell of the end of `job`.
    func count(of job: String) -> Int { mailbox.messages.withLock { $0.count { $0.contains("\"\(job)\"") } } }
}
