import CPostgreSQL
import Concurrency
import Database
import Glibc

/// One session with the server: sends a statement and waits for its end, but never for ever.
///
/// The library's own blocking calls wait without a limit, and a server behind a cut network never answers. So a
/// statement is sent and its answer awaited here, on the socket, until the time is over.
final class PostgreSQLSession {
    let pointer: OpaquePointer
    private let location: PostgreSQLLocation
    let limits: PostgreSQLLimits
    /// Whether the connection is of no more use.
    private(set) var isBroken = false
    private var isClosed = false

    init(_ location: PostgreSQLLocation, _ limits: PostgreSQLLimits) throws(DatabaseError) {
        self.location = location
        self.limits = limits
        pointer = try location.open()
        do {
            try run(Self.setUp(limits))
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        isBroken = true
        PQfinish(pointer)
    }

    /// The socket, to wait for words on.
    var socket: Int32 { PQsocket(pointer) }

    private static func setUp(_ limits: PostgreSQLLimits) -> String {
        let statement = Int(limits.statement / .milliseconds(1))
        return """
            SET statement_timeout = \(statement); SET lock_timeout = \(Int(limits.lock / .milliseconds(1)));
            SET idle_in_transaction_session_timeout = \(statement + 60_000); SET TIME ZONE 'UTC';
            SET standard_conforming_strings = on; SET client_min_messages = error
            """
    }

    /// Runs statements of our own without parameters.
    /// - Returns: What the last says it did: `COMMIT`.
    @discardableResult
    func run(_ text: String, within limit: Duration? = nil) throws(DatabaseError) -> String {
        let result = try result(within: limit) { PQsendQuery(pointer, text) }
        return PQcmdStatus(result.pointer).map { String(cString: $0) } ?? ""
    }

    /// Sends with `send` and waits for the answer.
    /// - Throws: What the server refused, or ``Database/DatabaseError/unavailable(_:)`` with ``isBroken`` set.
    func result(within limit: Duration? = nil, _ send: () -> Int32) throws(DatabaseError) -> PostgreSQLResult {
        guard !isBroken else { throw .unavailable("the connection to \(location.name) was lost") }
        let end = ContinuousClock.now + (limit ?? limits.statement + limits.delay)
        guard send() == 1 else { throw lost(PostgreSQLText.line(PQerrorMessage(pointer))) }
        var last: PostgreSQLResult?
        var failure: DatabaseError?
        while true {
            while PQisBusy(pointer) == 1 { try awaitInput(until: end) }
            guard let answer = PQgetResult(pointer).map(PostgreSQLResult.init(taking:)) else { break }
            if failure == nil { failure = answer.failure(location) }
            last = answer
        }
        if PQstatus(pointer) != CONNECTION_OK { throw lost(failure.map(String.init(describing:)) ?? "it was closed") }
        if let failure { throw failure }
        guard let last else { throw lost("the server gave no answer") }
        return last
    }

    /// Takes in what has come, without waiting.
    func takeInput() throws(DatabaseError) {
        guard PQconsumeInput(pointer) == 1 else { throw lost(PostgreSQLText.line(PQerrorMessage(pointer))) }
    }

    private func awaitInput(until end: ContinuousClock.Instant) throws(DatabaseError) {
        let remaining = end - .now
        guard remaining > .zero else { throw lost("the server did not answer in time") }
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        // One millisecond more, so that a rest below one does not spin.
        let status = poll(&descriptor, 1, Int32(clamping: Int(remaining / .milliseconds(1)) + 1))
        if status > 0 { try takeInput() }
        if status < 0, errno != EINTR { throw lost("its socket failed") }
    }

    private func lost(_ reason: String) -> DatabaseError {
        isBroken = true
        return .unavailable(location.withoutSecrets("the connection to \(location.name) was lost: \(reason)"))
    }
}
