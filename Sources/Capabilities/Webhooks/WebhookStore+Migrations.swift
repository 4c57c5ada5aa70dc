import Database

extension WebhookStore {
    /// The history of the tables.
    static let migrations = [
        Migration(component: "webhooks", version: 1) { dialect in
            let words = SchemaWords(dialect)
            let (bytes, key) = (words.bytes, words.key)
            return [
                """
                CREATE TABLE webhook_endpoints (
                    id \(unsafe: key) NOT NULL PRIMARY KEY, url TEXT NOT NULL, events TEXT NOT NULL,
                    owner \(unsafe: key), enabled INTEGER NOT NULL, disabled_reason TEXT, created_at BIGINT NOT NULL,
                    failing_since BIGINT, secret \(unsafe: bytes) NOT NULL, previous_secret \(unsafe: bytes),
                    previous_until BIGINT)
                """,
                """
                CREATE TABLE webhook_deliveries (
                    id \(unsafe: key) NOT NULL PRIMARY KEY, endpoint \(unsafe: key) NOT NULL,
                    event \(unsafe: key) NOT NULL, body \(unsafe: bytes) NOT NULL, job_id \(unsafe: key),
                    status \(unsafe: key) NOT NULL, created_at BIGINT NOT NULL, round INTEGER NOT NULL)
                """,
                "CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint, created_at, id)",
                "CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at)",
                """
                CREATE TABLE webhook_attempts (
                    delivery \(unsafe: key) NOT NULL, round INTEGER NOT NULL, number INTEGER NOT NULL,
                    started_at BIGINT NOT NULL, milliseconds INTEGER NOT NULL, status INTEGER, error TEXT,
                    PRIMARY KEY (delivery, round, number, started_at))
                """,
            ]
        }
    ]
}
