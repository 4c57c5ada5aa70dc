public import Concurrency
import Cryptography
public import Database
import FoundationEssentials

/// Takes work in: one write transaction holds the studio's row, the idempotency key and the workflow's start, so that
/// what is acknowledged is on disk and nothing is acknowledged twice.
public struct Admission: Sendable {
    private let database: any Database
    private let clock: any WallClock
    private let check: @Sendable () throws -> Void
    private let inFlight = InFlightKeys()

    /// Creates the gate in front of `database`.
    /// - Parameter check: Throws while no new work may be taken in; what was taken in before is still answered.
    public init(
        database: any Database, clock: any WallClock, unless check: @escaping @Sendable () throws -> Void = {}
    ) {
        self.database = database
        self.clock = clock
        self.check = check
    }

    /// Runs `body` in a write transaction, once for each idempotency key.
    ///
    /// - Parameters:
    ///   - request: The client's key and what it asked for; nil when it sent no key.
    ///   - body: Writes the row and starts the workflow. It may run again if the database asks for it.
    /// - Returns: What `body` returned, now or the first time.
    /// - Throws: ``AdmissionError``, or what `body` throws; nothing is written then.
    public func admit<Answer: Codable & Sendable>(
        _ request: IdempotentRequest?, _ body: @escaping @Sendable (any SQLConnection) throws -> Answer
    ) async throws -> Answer {
        guard let request else {
            try check()
            return try await database.write(body)
        }
        guard inFlight.begin(request.identity) else { throw AdmissionError.stillHandled }
        defer { inFlight.end(request.identity) }
        do { return try await admitOnce(request, body) } catch DatabaseError.constraint {
            // Another process was faster with the same key: its answer is there now. Any other broken rule comes again.
            return try await admitOnce(request, body)
        }
    }

    private func admitOnce<Answer: Codable & Sendable>(
        _ request: IdempotentRequest, _ body: @escaping @Sendable (any SQLConnection) throws -> Answer
    ) async throws -> Answer {
        let store = IdempotencyStore(now: clock.now)
        return try await database.write { [check] transaction in
            if let earlier = try store.answer(to: request, in: transaction) {
                return try JSONDecoder().decode(Answer.self, from: Data(earlier))
            }
            try check()
            let answer = try body(transaction)
            try store.remember(JSONEncoder().encode(answer), for: request, in: transaction)
            return answer
        }
    }
}

/// A request that carries an `Idempotency-Key`.
public struct IdempotentRequest: Sendable {
    /// Whose keys and which route: equal keys of two clients, or for two routes, are two keys.
    let scope: String
    let key: String
    /// SHA-256 of what was asked for, so that the order of JSON fields makes no difference.
    let fingerprint: String

    var identity: String { scope + "\u{0}" + key }

    /// Creates the request's identity; nil when the client sent no key.
    /// - Parameter content: What was asked for, after validation.
    public init?(key: String?, client: String, route: String, content: some Encodable) throws {
        guard let key else { return nil }
        self.key = key
        scope = client + " " + route
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        fingerprint = SHA256.hash(Array(try encoder.encode(content))).hex
    }
}

/// Keys that this process is working on.
private final class InFlightKeys: Sendable {
    private let keys = Locked<Set<String>>([])
    func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: String) { keys.withLock { _ = $0.remove(key) } }
}
