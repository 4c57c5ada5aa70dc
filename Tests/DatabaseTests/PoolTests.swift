import AtelierTesting
import Concurrency
import Database
import Testing

// Without servers, as in a plain `swift test`, there is nothing to run these on; ./test.sh starts them.
@Suite(.enabled(if: !TestDatabase.servers.isEmpty), .timeLimit(.minutes(2))) struct `A pool of connections` {
    @Test(arguments: TestDatabase.servers)
    func `opens no more than it may, and a thousand transactions at once come through`(on kind: TestDatabase)
        async throws
    {
        var limits = PoolLimits()
        limits.connections = 3
        limits.patience = .seconds(60)
        try await kind.with(limits: limits) { database in
            try await Self.makeTable(on: database)
            let most = Tally()

            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 1...1000 {
                    group.addTask {
                        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
                        let open = await database.status().connections
                        most.raise(to: open)
                    }
                }
                try await group.waitForAll()
            }

            let count = try await Self.count(on: database)
            #expect(count == 1000)
            #expect(most.value == 3)
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `a transaction that finds no connection in time is refused with words`(on kind: TestDatabase) async throws {
        let clock = ManualClock()
        var limits = PoolLimits()
        limits.connections = 1
        try await kind.withURL { url in
            let database = try await kind.open(url, limits, clock: clock)
            let began = ShutdownSignal()
            let gate = ThreadGate()
            let holder = Task {
                try await database.read { _ in
                    began.trigger()
                    gate.wait()
                }
            }
            await began.wait()
            let waiting = Task { try await database.read { _ in 1 } }

            // Time is counted in quarters; the one in which it began to wait does not count. The sweep sleeps as well.
            for _ in 0..<5 {
                await clock.whenSomeoneSleeps(count: 2)
                clock.advance(by: limits.patience / 4)
            }

            await #expect {
                _ = try await waiting.value
            } throws: { error in
                if case DatabaseError.busy(let reason) = error {
                    reason.contains("no connection was free")
                } else {
                    false
                }
            }
            gate.open()
            try await holder.value
            let value = try await database.read { _ in 2 }
            #expect(value == 2)
            await database.close()
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `a crowd beyond the bound is refused at once`(on kind: TestDatabase) async throws {
        var limits = PoolLimits()
        limits.connections = 1
        limits.waiting = 5
        try await kind.with(limits: limits) { database in
            let began = ShutdownSignal()
            let gate = ThreadGate()
            let holder = Task {
                try await database.read { _ in
                    began.trigger()
                    gate.wait()
                }
            }
            await began.wait()
            let refused = Tally()
            let crowd = (0..<20).map { _ in
                Task {
                    do { _ = try await database.read { _ in 1 } } catch DatabaseError.busy {
                        // Then all have asked, and the other five wait.
                        if refused.increment() == 15 { gate.open() }
                    }
                }
            }

            for task in crowd { try await task.value }
            try await holder.value
            #expect(refused.value == 15)
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `connections that nobody uses are closed, and opened again`(on kind: TestDatabase) async throws {
        let clock = ManualClock()
        let limits = PoolLimits()
        try await kind.withURL { url in
            let database = try await kind.open(url, limits, clock: clock)
            _ = try await database.read { _ in 1 }
            #expect(await database.status().connections == 1)

            for _ in 0..<2 {
                await clock.whenSomeoneSleeps()
                clock.advance(by: limits.closeAfter)
            }
            await clock.whenSomeoneSleeps()

            #expect(await database.status().connections == 0)
            let value = try await database.read { _ in 2 }
            #expect(value == 2)
            await database.close()
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `two that each lock what the other writes do not both go by it`(on kind: TestDatabase) async throws {
        try await kind.with { database in
            try await Self.makeTable(on: database)
            try await database.write { try $0.execute("INSERT INTO things (id, number) VALUES (1, 1), (2, 1)") }

            // Each may leave its duty only while the other has one: the textbook's write skew.
            let tries = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 1...2 {
                    group.addTask {
                        try await database.write { connection in
                            tries.increment()
                            let lock = connection.dialect.forUpdate
                            let rows = try connection.query("SELECT id FROM things WHERE number = 1\(unsafe: lock)")
                            guard rows.count == 2 else { return }
                            try connection.execute("UPDATE things SET number = 0 WHERE id = \(id)")
                        }
                    }
                }
                try await group.waitForAll()
            }

            let rows = try await database.read { try $0.query("SELECT id FROM things WHERE number = 1") }
            #expect(rows.count == 1, "after \(tries.value) tries")
        }
    }

    static func makeTable(on database: any Database) async throws {
        try await database.write {
            try $0.execute("CREATE TABLE things (id BIGINT PRIMARY KEY, number BIGINT NOT NULL DEFAULT 0)")
        }
    }

    static func count(on database: any Database) async throws -> Int? {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM things")?.integer("n") }
    }
}
