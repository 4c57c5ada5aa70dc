public import Database
import Glibc
public import Observability

/// A database in one file: one writer that groups commits, and readers beside it that it never blocks.
///
/// What `write` returned from is on the disk: the journal is a write-ahead log with `synchronous=FULL`. Transactions
/// that wait for the writer at the same time share one commit, and with it one flush of the disk.
///
/// - SeeAlso: <https://www.sqlite.org/wal.html>, <https://www.sqlite.org/pragma.html#pragma_synchronous>
public final class SQLiteDatabase: Database {
    /// SQLite's own wording.
    public let dialect = SQLDialect.sqlite

    private let location: SQLiteLocation
    private let writer: SQLiteWriter
    private let readers: SQLiteReaders
    private let log: Logger

    /// Opens the file at `path`, and makes it (mode 0600) and its folder (mode 0700) when they are missing.
    /// - Parameters:
    ///   - readers: How many read transactions may run at once; each has a thread and a page cache of 2 MB.
    ///   - patience: How long a transaction waits for another program before it fails as busy.
    /// - Throws: ``Database/DatabaseError/unavailable(_:)`` with what to do when the file cannot be used.
    public convenience init(
        path: String, readers: Int = 4, patience: Duration = .seconds(5), logger: Logger = .silent,
        metrics: Metrics = Metrics()
    ) async throws {
        let location = SQLiteLocation(path: path, patience: patience)
        try await self.init(location, readers: readers, logger: logger, metrics: metrics)
    }

    /// Opens the file at `path` through a file system of a test's own, by its name within SQLite.
    package convenience init(path: String, fileSystem: String, readers: Int = 1) async throws {
        let location = SQLiteLocation(path: path, patience: .milliseconds(50), fileSystem: fileSystem)
        try await self.init(location, readers: readers, logger: .silent, metrics: Metrics())
    }

    private init(_ location: SQLiteLocation, readers: Int, logger: Logger, metrics: Metrics) async throws {
        log = logger.labelled("database")
        self.location = location
        let measurements = SQLiteMeasurements(metrics)
        // The writer first: it makes the file and turns on the write-ahead log, which a reader cannot.
        writer = SQLiteWriter(measurements)
        try await writer.open(location)
        self.readers = try await SQLiteReaders(count: max(1, readers), location, measurements)
        metrics.onScrape { [weak self] in await self?.status().readings ?? [] }
        log.info("database open", ["file": .text(location.name), "readers": .integer(max(1, readers))])
    }

    /// Runs `body` on a reader's thread; it sees the state of the last commit before its first statement.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await readers.read(body)
    }

    /// Runs `body` on the writer's thread and returns when it is on the disk.
    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await writer.write(body)
    }

    /// What the connections are doing, and how much the file and its log take.
    public func status() async -> DatabaseStatus {
        let (reading, waitingReaders) = readers.load
        let (writing, waitingWriters) = writer.load
        return DatabaseStatus(
            connections: readers.count + 1, busy: reading + writing, waiting: waitingReaders + waitingWriters,
            bytes: location.byteCount)
    }

    /// Finishes what is running or waiting, moves the log into the file and closes it.
    public func close() async {
        // Readers first: the last connection to close clears the log away, and a reader may not write.
        await readers.close()
        await writer.close()
    }

    /// Looks for damage: reads every page and follows every reference.
    /// - Returns: What is wrong, one line each; empty when the file is sound.
    public func verify() async throws -> [String] {
        try await read { connection in
            let pages = try connection.query("PRAGMA quick_check").map { try $0.text("quick_check") }
            let dangling = try connection.query("PRAGMA foreign_key_check").map { row in
                "a row of \(try row.text("table")) refers to a missing row of \(try row.text("parent"))"
            }
            return pages.filter { $0 != "ok" } + dangling
        }
    }

    /// Writes a compact copy of the present state to `path` while work goes on; it appears whole or not at all.
    /// - Throws: ``Database/DatabaseError``; a file at `path` is replaced only by a finished copy.
    public func backup(to path: String) async throws {
        let partial = path + ".partial"
        unlink(partial)
        defer { unlink(partial) }
        // A connection of its own: copying takes long, and needs to be outside any transaction.
        let copier = SQLiteReader(name: "sqlite-backup")
        do {
            try await copier.open(location)
            try await copier.copy(to: partial)
        } catch {
            await copier.close()
            throw error
        }
        await copier.close()
        try SQLiteLocation.publish(partial, as: path)
    }
}
