import Database
import Testing

extension DatabaseConformance {
    static let failures: [DatabaseCheck] = [
        DatabaseCheck("a duplicate is refused as a broken constraint, and the connection goes on") { database in
            try await makeTable(on: database)
            try await insert(1...1, on: database)

            for _ in 1...3 {
                #expect(
                    await isRefusedConstraint {
                        try await insert(1...1, on: database); return 1
                    })
            }
            try await insert(2...2, on: database)
            #expect(try await ids(on: database) == [1, 2])
        },
        DatabaseCheck("a reference to a row that is not there is refused") { database in
            try await makeTable(on: database)

            #expect(
                await isRefusedConstraint {
                    try await database.write {
                        try $0.execute("INSERT INTO things (id, name, parent) VALUES (1, 'a', 99)")
                    }
                })
            #expect(try await ids(on: database).isEmpty)
        },
        DatabaseCheck("a null where one is not allowed is refused") { database in
            try await makeTable(on: database)

            #expect(
                await isRefusedConstraint {
                    try await database.write { try $0.execute("INSERT INTO things (id, name) VALUES (1, NULL)") }
                })
        },
        DatabaseCheck("a wrong statement is told as such, and the transaction's caller may go on") { database in
            try await makeTable(on: database)

            for statement: SQL in ["SELEC 1", "SELECT missing FROM things", "SELECT 1 FROM nowhere"] {
                await #expect {
                    try await database.write { _ = try $0.query(statement) }
                } throws: { error in
                    if case DatabaseError.statement = error { true } else { false }
                }
            }
            try await insert(1...1, on: database)
            #expect(try await ids(on: database) == [1])
        },
        DatabaseCheck("two statements in one text are refused") { database in
            try await makeTable(on: database)

            await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute("DELETE FROM things; DROP TABLE things") }
            }
            #expect(try await ids(on: database).isEmpty)
        },
        DatabaseCheck("an error names no stored value") { database in
            try await makeTable(on: database)
            let secret = "canary-7f3a"
            let insert: @Sendable () async throws -> Void = {
                try await database.write { connection in
                    let next = try connection.query("SELECT id FROM things").count
                    try connection.execute("INSERT INTO things (id, name, slot) VALUES (\(next), 'a', \(secret))")
                }
            }
            try await insert()

            await #expect {
                try await insert()
            } throws: { error in
                !"\(error)".contains(secret)
            }
        },
    ]

    private static func isRefusedConstraint(_ body: () async throws -> Int) async -> Bool {
        do {
            _ = try await body()
            return false
        } catch DatabaseError.constraint {
            return true
        } catch {
            return false
        }
    }
}
