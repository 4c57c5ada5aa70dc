import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

// The gate's side of the database: its session, the rules, and its permits.
extension QueueGate {
    /// Keeps the session alive and heeds the rules, until cancelled.
    /// - Parameter interval: How soon it hears of rules that another process changed.
    func run(every interval: Duration = .seconds(1)) async {
        let remove = engine.queueBulletin.add { [bell] in bell.yield() }
        defer { remove() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await _ in rings { await beat() }
            }
            bell.yield()
            // Cancelled when the worker has stopped.
            while (try? await engine.clock.sleep(for: interval)) != nil { bell.yield() }
            group.cancelAll()
        }
        await leave()
    }

    private func beat() async {
        do {
            while try await look() {}
        } catch is CancellationError {
            return
        } catch {
            logger.warning("the rules of task queues could not be read", ["error": .text(String(describing: error))])
        }
    }

    /// Reads the rules, acts upon them, and writes what others have to know.
    /// - Returns: Whether that has changed something that is to be written in turn.
    private func look() async throws -> Bool {
        let (rules, row) = try await engine.database.read { [session] connection in
            // In this order: rules are never older than the revision that is said to be heeded.
            let row = try SessionRow.find(session, on: connection)
            return (try QueueRule.all(on: connection), row)
        }
        let waiters = state.withLock { state in
            if row == nil { state.forgetRows() } else { state.isInformed = true }
            state.heed(rules)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
        return try await write(row)
    }

    private func write(_ row: SessionRow?) async throws -> Bool {
        let now = engine.clock.now.microseconds
        let (unrecorded, returned, heeds, running) = state.withLock { state in
            let limited = state.held.filter { state.rules[$0.value.queue]?.limits.concurrency != nil }
            return (
                limited.filter { !$0.value.isRecorded }.mapValues(\.queue), state.returned, state.isHeeding,
                state.running
            )
        }
        let revision = row?.revision ?? 0
        let leaseTime = lease.microseconds
        let isFresh = (row?.expiresAt ?? 0) > now + leaseTime * 2 / 3
        let hasNews = running != row?.running || !unrecorded.isEmpty || !returned.isEmpty
        let heeded = heeds && unrecorded.isEmpty ? revision : (row?.heeded ?? 0)
        guard !isFresh || hasNews || heeded != row?.heeded else { return false }
        let fresh = SessionRow(
            label: engine.cluster.identity, revision: revision, heeded: heeded, expiresAt: now + leaseTime,
            queues: queues.map(\.rawValue), running: running)
        try await engine.database.write { [session] connection in
            try fresh.save(as: session, at: now, on: connection)
            for id in returned {
                try connection.execute("DELETE FROM temporal_permits WHERE id = \(id)")
            }
            for (id, queue) in unrecorded {
                _ = try connection.insert(
                    """
                    INSERT INTO temporal_permits (id, queue, session) VALUES (\(id), \(queue.rawValue), \(session))
                    """, unlessKnown: "id")
            }
        }
        return state.withLock { state in
            state.returned.removeAll { returned.contains($0) }
            for id in unrecorded.keys {
                // One that was given back meanwhile has a row that is to go.
                if state.held[id] == nil { state.returned.append(id) } else { state.held[id]?.isRecorded = true }
            }
            return row == nil || !unrecorded.isEmpty
        }
    }

    /// Takes a place of a queue with a limit, if one is free among all workers.
    func record(_ permit: QueuePermit, within limit: Int) async -> Bool {
        let now = engine.clock.now.microseconds
        do {
            let isFree = try await engine.database.read { try Self.taken(permit.queue, at: now, on: $0) < limit }
            guard isFree else { return false }
            let isTaken = try await engine.database.write { [session] connection in
                if connection.dialect != .sqlite {
                    // One at a time: two that count at once would both find the last place free.
                    _ = try connection.query(
                        "SELECT name FROM temporal_queues WHERE name = \(permit.queue.rawValue) FOR UPDATE")
                }
                let alive = try connection.first(
                    "SELECT 1 AS one FROM temporal_sessions WHERE id = \(session) AND expires_at >= \(now)")
                guard alive != nil, try Self.taken(permit.queue, at: now, on: connection) < limit else { return false }
                try connection.execute(
                    """
                    INSERT INTO temporal_permits (id, queue, session)
                    VALUES (\(permit.id), \(permit.queue.rawValue), \(session))
                    """)
                return true
            }
            guard isTaken else { return false }
        } catch {
            logger.warning("a place in a queue could not be taken", ["error": .text(String(describing: error))])
            return false
        }
        return state.withLock { state in
            guard state.epochs[permit.queue, default: 0] == permit.epoch, !state.isStopping else {
                state.returned.append(permit.id)
                return false
            }
            state.held[permit.id] = Held(queue: permit.queue, epoch: permit.epoch, isRecorded: true)
            return true
        }
    }

    private static func taken(_ queue: TaskQueue, at now: Int, on connection: any SQLConnection) throws -> Int {
        try connection.first(
            """
            SELECT COUNT(*) AS taken FROM temporal_permits p JOIN temporal_sessions s ON s.id = p.session
            WHERE p.queue = \(queue.rawValue) AND s.expires_at >= \(now)
            """)?.integer("taken") ?? 0
    }

    /// Ends the session: what it held is free at once.
    private func leave() async {
        do {
            try await engine.database.write { [session] connection in
                try connection.execute("DELETE FROM temporal_permits WHERE session = \(session)")
                try connection.execute("DELETE FROM temporal_sessions WHERE id = \(session)")
            }
        } catch {
            // Its lease runs out by itself.
            logger.debug("the worker's session was not ended", ["error": .text(String(describing: error))])
        }
    }
}

extension QueueGate.State {
    /// The session was taken for dead, and its permits with it: they are to be written anew.
    fileprivate mutating func forgetRows() {
        for id in held.keys { held[id]?.isRecorded = false }
        returned = []
    }
}

/// A row of `temporal_sessions`, as its worker keeps it.
private struct SessionRow: Sendable {
    let label: String
    /// How often the rules had changed when they were read with it.
    let revision: Int
    /// Up to which change of the rules the worker acts upon them.
    let heeded: Int
    let expiresAt: Int
    let queues: [String]
    let running: [String: Int]

    static func find(_ id: String, on connection: any SQLConnection) throws -> SessionRow? {
        let row = try connection.first(
            """
            SELECT label, rules_revision, rules_heeded, expires_at, queues, running FROM temporal_sessions
            WHERE id = \(id)
            """)
        return try row.map { row in
            SessionRow(
                label: try row.text("label"), revision: try row.integer("rules_revision"),
                heeded: try row.integer("rules_heeded"), expiresAt: try row.integer("expires_at"),
                queues: try JSONText.decode(try row.text("queues")),
                running: try JSONText.decode(try row.text("running")))
        }
    }

    /// Writes all but the revision, which is those who change the rules to raise.
    func save(as id: String, at now: Int, on connection: any SQLConnection) throws {
        let (running, queues) = (try JSONText.encode(running), try JSONText.encode(queues))
        let changed = try connection.execute(
            """
            UPDATE temporal_sessions SET expires_at = \(expiresAt), rules_heeded = \(heeded), running = \(running)
            WHERE id = \(id)
            """)
        guard changed == 0 else { return }
        try connection.execute("DELETE FROM temporal_sessions WHERE expires_at < \(now)")
        try connection.execute(
            "DELETE FROM temporal_permits WHERE session NOT IN (SELECT id FROM temporal_sessions)")
        try connection.execute(
            """
            INSERT INTO temporal_sessions (id, label, expires_at, rules_heeded, queues, running)
            VALUES (\(id), \(label), \(expiresAt), 0, \(queues), \(running))
            """)
    }
}
