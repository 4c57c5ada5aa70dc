import Database
import Workflows

/// How many activities of a queue a claim may start now, by the limits that hold over all processes.
///
/// The rate is a bucket of tokens in the queue's row, one for each start. Claims of a limited queue lock that row, so
/// two processes never start on the same token or in the same gap.
struct Allowance: Sendable {
    let queue: TaskQueue
    /// What may be started.
    private(set) var count: Int
    /// When the next token is there, from now, if tokens are what is short.
    private(set) var wait: Duration?
    private var bucket: Bucket?

    fileprivate struct Bucket {
        var tokens: Double
        let rate: Double
        let now: Int
        /// Whether the clock was set back since the row was written: the row must follow, or the queue would stand
        /// still until the clock has caught up.
        let isSetBack: Bool
    }

    /// Looks how many of `wanted` may start, and locks the queue against other claims if it is limited.
    init(
        _ wanted: Int, of queue: TaskQueue, under rules: QueueRules, at now: Int, on connection: any SQLConnection
    ) throws {
        self.queue = queue
        count = wanted
        guard let rule = rules[queue] else { return }
        if rule.isPaused { count = 0 }
        guard count > 0, rule.limits != TaskQueueLimits() else { return }
        let lock = connection.dialect == .sqlite ? "" : " FOR UPDATE"
        let row = try connection.first(
            """
            SELECT concurrency_limit, rate_limit, tokens, refilled_at FROM task_queues
            WHERE name = \(queue.rawValue)\(unsafe: lock)
            """)
        guard let row else { return }
        let limits = try TaskQueueLimits(row)
        if let limit = limits.concurrency {
            let running = try connection.first(
                "SELECT COUNT(*) AS running FROM activity_tasks WHERE state = 2 AND queue = \(queue.rawValue)")
            count = min(count, max(0, limit - (try running?.integer("running") ?? 0)))
        }
        if let rate = limits.startsPerSecond { try fill(Bucket(row, limits, rate, at: now, on: connection)) }
    }

    private mutating func fill(_ bucket: Bucket) throws {
        self.bucket = bucket
        let whole = Int(bucket.tokens)
        guard whole < count else { return }
        count = whole
        wait = .seconds((Double(whole) + 1 - bucket.tokens) / bucket.rate)
    }

    /// Takes the tokens of what was started.
    mutating func spend(_ started: Int, on connection: any SQLConnection) throws {
        count -= started
        guard var bucket, started > 0 || bucket.isSetBack else { return }
        bucket.tokens -= Double(started)
        self.bucket = bucket
        try connection.execute(
            """
            UPDATE task_queues SET tokens = \(bucket.tokens), refilled_at = \(bucket.now)
            WHERE name = \(queue.rawValue)
            """)
    }
}

extension Allowance.Bucket {
    /// What is in the bucket now.
    fileprivate init(
        _ row: SQLRow, _ limits: TaskQueueLimits, _ rate: Double, at now: Int, on connection: any SQLConnection
    ) throws {
        let now = try connection.time(else: now)
        let elapsed = now - (try row.optionalInteger("refilled_at") ?? now)
        let left: Double = if case .null = row["tokens"] { limits.burst } else { try row.real("tokens") }
        self.init(
            tokens: min(limits.burst, left + Double(max(0, elapsed)) / 1_000_000 * rate), rate: rate, now: now,
            isSetBack: elapsed < 0)
    }
}

extension SQLConnection {
    /// The time by the one clock that all processes share, in microseconds since 1970: the server's, or that of the
    /// only machine there is.
    func time(else own: Int) throws -> Int {
        switch dialect {
        case .sqlite: own
        case .postgresql:
            try first("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now")?.integer("now")
                ?? own
        case .mysql:
            try first("SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED) AS now")?.integer("now") ?? own
        }
    }
}
