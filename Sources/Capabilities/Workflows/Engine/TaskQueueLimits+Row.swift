package import Database

extension TaskQueueLimits {
    /// Reads the columns `concurrency_limit` and `rate_limit`.
    package init(_ row: SQLRow) throws {
        let rate: Double? = if case .null = row["rate_limit"] { nil } else { try row.real("rate_limit") }
        self.init(concurrency: try row.optionalInteger("concurrency_limit"), startsPerSecond: rate)
    }
}
