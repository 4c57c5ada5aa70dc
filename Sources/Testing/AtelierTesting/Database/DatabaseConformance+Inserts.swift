import Concurrency
import Database
import Testing

extension DatabaseConformance {
    static let inserts: [DatabaseCheck] = [
        DatabaseCheck("an added row tells its id, also among many that are added at once") { database in
            try await makeNumbered(on: database)

            let ids = try await (1...50).concurrentMap(atMost: 16) { number in
                try await database.write { connection in
                    let word = "word \(number)"
                    let id = try connection.insertReturningID("INSERT INTO numbered (word) VALUES (\(word))")
                    let row = try connection.first("SELECT word FROM numbered WHERE id = \(id)")
                    #expect(try row?.text("word") == word)
                    return id
                }
            }

            #expect(Set(ids).count == 50)
        },
        DatabaseCheck("a row that is known already is not added again, and the transaction goes on") { database in
            try await makeNumbered(on: database)

            let added = try await database.write { connection in
                try ["a", "b", "a", "c"].map { word in
                    try connection.insert("INSERT INTO numbered (word) VALUES (\(word))", unlessKnown: "word")
                }
            }

            #expect(added == [true, true, false, true])
            let rows = try await database.read { try $0.query("SELECT word FROM numbered ORDER BY word") }
            #expect(try rows.map { try $0.text("word") } == ["a", "b", "c"])
        },
        DatabaseCheck("of many that add the same row at once one does") { database in
            try await makeNumbered(on: database)

            let added = try await (1...30).concurrentMap(atMost: 30) { _ in
                try await database.write { connection in
                    try connection.insert("INSERT INTO numbered (word) VALUES ('same')", unlessKnown: "word")
                }
            }

            #expect(added.count { $0 } == 1)
        },
        DatabaseCheck("another broken rule is still refused where a known row is passed over") { database in
            try await makeNumbered(on: database)

            await #expect {
                try await database.write {
                    try $0.insert("INSERT INTO numbered (word) VALUES (NULL)", unlessKnown: "word")
                }
            } throws: { error in
                if case DatabaseError.constraint = error { true } else { false }
            }
        },
    ]

    private static func makeNumbered(on database: any Database) async throws {
        let numbered = Migration(component: "numbered", version: 1) { dialect in
            [
                """
                CREATE TABLE numbered (
                    id \(unsafe: SchemaWords(dialect).lastingSerial), word VARCHAR(50) NOT NULL UNIQUE)
                """
            ]
        }
        try await Migrator([numbered]).run(on: database)
    }
}
