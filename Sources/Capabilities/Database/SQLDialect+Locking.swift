extension SQLDialect {
    /// The end of a `SELECT` in a write transaction that decides on what it reads: nobody else changes those rows before
    /// the commit.
    ///
    /// SQLite has one writer, and PostgreSQL's transactions behave as if each ran alone. On MySQL they see the newest
    /// committed state with every statement, so that what was read may be of the past when it is acted on.
    public var forUpdate: String { self == .sqlite ? "" : " FOR UPDATE" }
}
