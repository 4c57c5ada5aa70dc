import Concurrency
import Database

/// Read-only connections, each on a thread of its own, that share one queue.
final class SQLiteReaders: Sendable {
    /// A transaction that knows how to answer its caller; without a handle the database is closed.
    typealias Work = @Sendable (SQLiteHandle?) -> Void

    private let queue: WorkQueue<Work>
    private let readers: [SQLiteReader]
    private let measurements: SQLiteMeasurements

    init(count: Int, _ location: SQLiteLocation, _ measurements: SQLiteMeasurements) async throws {
        queue = WorkQueue(workers: count)
        self.measurements = measurements
        var readers: [SQLiteReader] = []
        for index in 0..<count {
            let reader = SQLiteReader(name: "sqlite-read-\(index)")
            try await reader.open(location)
            readers.append(reader)
        }
        self.readers = readers
    }

    var count: Int { readers.count }
    var load: (busy: Int, waiting: Int) { queue.load }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add { [measurements] handle in
                guard let handle else { return continuation.resume(throwing: DatabaseError.closed) }
                let result = Result { try measurements.read { try handle.readTransaction(body) } }
                continuation.resume(with: result)
            }
        }
    }

    private func add(_ work: @escaping Work) {
        switch queue.add(work) {
        case .closed: work(nil)
        case .queued: break
        case .wake(let worker):
            // Immediate: the hop to the reader's thread is the first thing that happens, without one to the pool.
            Task.immediate { [queue, readers] in await readers[worker].drain(queue, as: worker) }
        }
    }

    func close() async {
        queue.close()
        for (index, reader) in readers.enumerated() {
            await reader.drain(queue, as: index)
            await reader.close()
        }
    }
}

/// One read-only connection and its thread.
actor SQLiteReader {
    private nonisolated let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var handle: SQLiteHandle?

    init(name: String) { executor = ThreadExecutor(name: name) }

    func open(_ location: SQLiteLocation) throws { handle = try SQLiteHandle(location, .reading) }

    func drain(_ queue: WorkQueue<SQLiteReaders.Work>, as worker: Int) {
        while let work = queue.take(as: worker) { work(handle) }
    }

    func copy(to path: String) throws {
        guard let handle else { throw DatabaseError.closed }
        try handle.copy(to: path)
    }

    func close() {
        handle?.close()
        handle = nil
    }
}
