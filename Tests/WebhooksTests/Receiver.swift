import AtelierTesting
import Concurrency

/// A receiver on this machine that keeps what it is sent and answers as the test says.
final class Receiver: Sendable {
    struct Message: Sendable {
        let head: String
        let body: [UInt8]

        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ": ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
        var id: String { header("webhook-id") ?? "" }
        var timestamp: Int { header("webhook-timestamp").flatMap { Int($0) } ?? 0 }
        var signatures: [String] { (header("webhook-signature") ?? "").split(separator: " ").map(String.init) }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What came, and who waits for more.
    private final class Mailbox: Sendable {
        private let state = Locked((messages: [Message](), waiters: [(Int, CheckedContinuation<Void, Never>)]()))

        func add(_ message: Message) -> Int {
            let (index, ready) = state.withLock { state in
                state.messages.append(message)
                let count = state.messages.count
                let ready = state.waiters.filter { $0.0 <= count }.map(\.1)
                state.waiters.removeAll { $0.0 <= count }
                return (count - 1, ready)
            }
            for waiter in ready { waiter.resume() }
            return index
        }

        func wait(for count: Int) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.messages.count >= count { return true }
                    state.waiters.append((count, continuation))
                    return false
                }
                if isThere { continuation.resume() }
            }
        }

        var messages: [Message] { state.withLock { $0.messages } }
    }

    private let mailbox: Mailbox
    let server: RawServer

    /// - Parameter answer: Answers message number `index`, from 0; the connection is closed when it returns.
    init(_ answer: @escaping @Sendable (_ index: Int, RawConnection) async throws -> Void) throws {
        let mailbox = Mailbox()
        self.mailbox = mailbox
        server = try RawServer { connection in
            while true {
                let request = try await connection.readRequest()
                let index = mailbox.add(Message(head: request.head, body: request.body))
                try await answer(index, connection)
            }
        }
    }

    /// Answers every message with `status`.
    convenience init(_ status: String = "204 No Content") throws {
        try self.init { _, connection in try await connection.answer(status) }
    }

    deinit { server.stop() }

    var url: String { "http://127.0.0.1:\(server.port)/hook" }
    var messages: [Message] { mailbox.messages }

    /// Waits until `count` messages have come, and returns all.
    func messages(_ count: Int) async -> [Message] {
        await mailbox.wait(for: count)
        return messages
    }
}
