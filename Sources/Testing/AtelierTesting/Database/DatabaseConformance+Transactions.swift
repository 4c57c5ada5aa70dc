import Concurrency
import Database
import Testing

extension DatabaseConformance {
    struct Refusal: Error, Equatable { var number = 1 }

    static let transactions: [DatabaseCheck] = [
        DatabaseCheck("a write that fails leaves nothing, and its own error reaches the caller") { database in
            try await makeTable(on: database)

            await #expect(throws: Refusal(number: 7)) {
                try await database.write { connection in
                    try connection.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
                    throw Refusal(number: 7)
                }
            }
            #expect(try await ids(on: database).isEmpty)
        },
        DatabaseCheck("of many writes at once each succeeds or fails alone") { database in
            try await makeTable(on: database)

            let outcomes = try await (1...200).concurrentMap(atMost: 64) { id in
                do {
                    try await database.write { connection in
                        try connection.execute("INSERT INTO things (id, name) VALUES (\(id), 'a')")
                        if id % 3 == 0 { throw Refusal() }
                    }
                    return true
                } catch is Refusal {
                    return false
                }
            }

            #expect(outcomes == (1...200).map { $0 % 3 != 0 })
            #expect(try await ids(on: database) == (1...200).filter { $0 % 3 != 0 })
        },
        DatabaseCheck("no increment is lost among many writers") { database in
            try await makeTable(on: database)
            try await database.write { try $0.execute("INSERT INTO things (id, name, ratio) VALUES (1, 'a', 0)") }

            _ = try await (1...100).concurrentMap(atMost: 32) { _ in
                try await database.write { connection in
                    let lock = connection.dialect.forUpdate
                    let row = try connection.first("SELECT ratio FROM things WHERE id = 1\(unsafe: lock)")
                    let now = try row?.real("ratio") ?? -1
                    try connection.execute("UPDATE things SET ratio = \(now + 1) WHERE id = 1")
                }
            }

            let sum = try await database.read { try $0.first("SELECT ratio FROM things")?.real("ratio") }
            #expect(sum == 100)
        },
        DatabaseCheck("what a write acknowledged is seen by every later read") { database in
            try await makeTable(on: database)

            for id in 1...20 {
                try await insert(id...id, on: database)
                #expect(try await ids(on: database) == Array(1...id))
            }
        },
        DatabaseCheck("a read sees one state from its first statement to its last") { database in
            try await makeTable(on: database)
            let begun = ShutdownSignal()
            let written = ThreadGate()

            let counts = Task {
                try await database.read { connection in
                    let before = try connection.query("SELECT id FROM things").count
                    begun.trigger()
                    written.wait()
                    return [before, try connection.query("SELECT id FROM things").count]
                }
            }
            await begun.wait()
            try await insert(1...3, on: database)
            written.open()

            #expect(try await counts.value == [0, 0])
        },
        DatabaseCheck("after closing every call says that the database is closed") { database in
            await database.close()

            await #expect(throws: DatabaseError.closed) { try await database.read { _ in 1 } }
            await #expect(throws: DatabaseError.closed) { try await database.write { _ in 1 } }
            await database.close()
        },
        DatabaseCheck("closing waits for what was begun") { database in
            try await makeTable(on: database)
            let began = ShutdownSignal()
            let gate = ThreadGate()
            let write = Task {
                try await database.write { connection in
                    began.trigger()
                    gate.wait()
                    return try connection.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
                }
            }
            await began.wait()
            let closing = Task { await database.close() }
            gate.open()

            #expect(try await write.value == 1)
            await closing.value
        },
    ]
}
