import Concurrency
import Database

/// The one connection that writes, on a thread of its own.
///
/// Transactions that wait when the thread is free share one `BEGIN IMMEDIATE ... COMMIT`, each inside its own savepoint:
/// one that fails undoes itself alone. Nobody hears "done" before the commit that made it durable.
actor SQLiteWriter {
    /// Bounds how long the first of a group waits for the last.
    private static let groupLimit = 1024

    private nonisolated let executor = ThreadExecutor(name: "sqlite-write")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private nonisolated let queue = WorkQueue<PendingWrite>(workers: 1)
    private let measurements: SQLiteMeasurements
    private var handle: SQLiteHandle?

    init(_ measurements: SQLiteMeasurements) { self.measurements = measurements }

    func open(_ location: SQLiteLocation) throws {
        try location.prepare()
        handle = try SQLiteHandle(location, .writing)
    }

    nonisolated var load: (busy: Int, waiting: Int) { queue.load }

    nonisolated func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let write = PendingWrite(body, continuation)
            switch queue.add(write) {
            case .closed: write.refuse(DatabaseError.closed)
            case .queued: break
            case .wake: Task.immediate { await self.drain() }
            }
        }
    }

    func close() {
        queue.close()
        drain()
        handle?.close()
        handle = nil
    }

    private func drain() {
        while true {
            let group = queue.takeAll(upTo: Self.groupLimit, as: 0)
            if group.isEmpty { return }
            guard let handle else {
                for write in group { write.refuse(DatabaseError.closed) }
                continue
            }
            measurements.commit(of: group.count) {
                var rest = group
                while !rest.isEmpty { rest = commit(rest, on: handle) }
            }
        }
    }

    /// Runs and commits `group`, and answers its callers.
    /// - Returns: Those that must run again, because one that has been answered undid the whole transaction.
    private func commit(_ group: [PendingWrite], on handle: SQLiteHandle) -> [PendingWrite] {
        var outcomes: [PendingWrite.Outcome] = []
        outcomes.reserveCapacity(group.count)
        do {
            try handle.control(.beginWriting)
            for write in group {
                outcomes.append(try run(write, on: handle))
                guard handle.isInTransaction else {
                    // Some failures (no room for a page) undo everything, not just the statement. Its own fault only.
                    outcomes[outcomes.count - 1].answer(DatabaseError.full("the transaction was undone"))
                    return group.enumerated().filter { $0.offset != outcomes.count - 1 }.map(\.element)
                }
            }
            try handle.control(.commit)
        } catch {
            measurements.groupFailed(error)
            handle.rollBackIfNeeded()
            for outcome in outcomes { outcome.answer(error) }
            for write in group.dropFirst(outcomes.count) { write.refuse(error) }
            return []
        }
        for outcome in outcomes { outcome.answer(nil) }
        return []
    }

    private func run(_ write: PendingWrite, on handle: SQLiteHandle) throws -> PendingWrite.Outcome {
        try handle.control(.savepoint)
        let outcome = write.run(handle)
        guard handle.isInTransaction else { return outcome }
        if outcome.failure != nil { try handle.control(.rollBackToSavepoint) }
        try handle.control(.releaseSavepoint)
        return outcome
    }
}

/// A write transaction that waits for its turn, with its caller.
struct PendingWrite: Sendable {
    /// What came of it, told to the caller only once the group's commit is decided.
    struct Outcome {
        let failure: (any Error)?
        /// Tells the caller; a failed commit replaces success but not the transaction's own failure.
        let answer: (_ commitFailure: (any Error)?) -> Void
    }

    let run: @Sendable (SQLiteHandle) -> Outcome
    /// Answers with an error without having run.
    let refuse: @Sendable (any Error) -> Void

    init<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value,
        _ continuation: CheckedContinuation<Value, any Error>
    ) {
        refuse = { continuation.resume(throwing: $0) }
        run = { handle in
            do {
                let value = try body(handle)
                return Outcome(failure: nil) { commitFailure in
                    if let commitFailure {
                        continuation.resume(throwing: commitFailure)
                    } else {
                        continuation.resume(returning: value)
                    }
                }
            } catch {
                return Outcome(failure: error) { _ in continuation.resume(throwing: error) }
            }
        }
    }
}
