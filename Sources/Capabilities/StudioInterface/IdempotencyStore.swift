public import Database
import FoundationEssentials

/// The `idempotency_keys` table: answers given, kept for a day.
struct IdempotencyStore: Sendable {
    let now: Date

    /// The stored answer to `request`, if its key is known.
    /// - Throws: ``AdmissionError/otherRequest`` when the key stands for something else.
    func answer(to request: IdempotentRequest, in transaction: any SQLConnection) throws -> [UInt8]? {
        let known = try transaction.first(
            "SELECT fingerprint, answer FROM idempotency_keys WHERE scope = \(request.scope) AND name = \(request.key)")
        guard let known else { return nil }
        guard try known.text("fingerprint") == request.fingerprint else { throw AdmissionError.otherRequest }
        return try known.blob("answer")
    }

    /// Keeps `answer` for a repeat of `request`.
    func remember(_ answer: Data, for request: IdempotentRequest, in transaction: any SQLConnection) throws {
        try transaction.execute(
            """
            INSERT INTO idempotency_keys (scope, name, fingerprint, answer, created_at)
            VALUES (\(request.scope), \(request.key), \(request.fingerprint), \(Array(answer)), \(seconds))
            """)
    }

    /// Forgets up to `limit` answers older than a day.
    func forgetOld(limit: Int, in transaction: any SQLConnection) throws -> Int {
        // MySQL refuses both a limit in what IN looks through and a look at the table that is deleted from; a table made
        // for the purpose it takes.
        try transaction.execute(
            """
            DELETE FROM idempotency_keys WHERE (scope, name) IN (SELECT scope, name FROM (
                SELECT scope, name FROM idempotency_keys WHERE created_at < \(seconds - 24 * 3600)
                ORDER BY created_at LIMIT \(limit)) AS old)
            """)
    }

    private var seconds: Int { Int(now.timeIntervalSince1970) }
}

extension Admission {
    /// The history of the tables that admission needs.
    public static let migrations = [
        Migration(component: "admission", version: 1) { dialect in
            [
                """
                CREATE TABLE idempotency_keys (
                    scope VARCHAR(255) NOT NULL,
                    name VARCHAR(255) NOT NULL,
                    fingerprint CHAR(64) NOT NULL,
                    answer \(unsafe: SchemaWords(dialect).bytes) NOT NULL,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (scope, name)
                )
                """,
                "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)",
            ]
        }
    ]
}
