import Database
import Testing

extension DatabaseConformance {
    static let values: [DatabaseCheck] = [
        DatabaseCheck("values come back as they were stored") { database in
            try await makeTable(on: database)
            let texts = ["", "plain", "line\nbreak", "naïve – 絵画 🎨", "'; DROP TABLE things; --", "?"]
            try await database.write { connection in
                for (index, text) in texts.enumerated() {
                    try connection.execute(
                        "INSERT INTO things (id, name, ratio, bytes) VALUES (\(index), \(text), \(0.1), \([0, 255, 7] as [UInt8]))"
                    )
                }
            }

            let rows = try await database.read { try $0.query("SELECT * FROM things ORDER BY id") }
            #expect(try rows.map { try $0.text("name") } == texts)
            #expect(try rows.allSatisfy { try $0.real("ratio") == 0.1 && $0.blob("bytes") == [0, 255, 7] })
        },
        DatabaseCheck("extreme numbers come back exactly") { database in
            try await makeTable(on: database)
            let numbers = [Int64.min, -1, 0, 1, Int64.max]
            try await database.write { connection in
                for number in numbers {
                    try connection.execute("INSERT INTO things (id, name, ratio) VALUES (\(number), 'n', \(-1.5e300))")
                }
            }

            let rows = try await database.read { try $0.query("SELECT id, ratio FROM things ORDER BY id") }
            #expect(rows.map(\.values) == numbers.map { [.integer($0), .real(-1.5e300)] })
        },
        DatabaseCheck("null is not an empty text and not empty bytes") { database in
            try await makeTable(on: database)
            let nothing: String? = nil
            try await database.write { connection in
                try connection.execute("INSERT INTO things (id, name, note) VALUES (1, 'a', \(nothing))")
                try connection.execute(
                    "INSERT INTO things (id, name, note, bytes) VALUES (2, 'b', \(""), \([] as [UInt8]))")
            }

            let rows = try await database.read { try $0.query("SELECT note, bytes FROM things ORDER BY id") }
            #expect(rows.map(\.values) == [[.null, .null], [.text(""), .blob([])]])
        },
        DatabaseCheck("a column of another type than expected is an error that names it") { database in
            try await makeTable(on: database)
            try await database.write { try $0.execute("INSERT INTO things (id, name) VALUES (1, 'a')") }

            await #expect(throws: DatabaseError.unexpectedValue(column: "name", expected: "an integer")) {
                try await database.read { try $0.first("SELECT name FROM things")?.integer("name") }
            }
        },
        DatabaseCheck("a list of parameters matches each of its values, and an empty one nothing") { database in
            try await makeTable(on: database)
            try await insert(1...5, on: database)

            let some = try await database.read {
                try $0.query("SELECT id FROM things WHERE id IN (\(list: [2, 4, 9]))")
            }
            let none = try await database.read { try $0.query("SELECT id FROM things WHERE id IN (\(list: [Int]()))") }
            #expect(some.count == 2)
            #expect(none.isEmpty)
        },
        DatabaseCheck("a statement tells how many rows it changed") { database in
            try await makeTable(on: database)
            try await insert(1...5, on: database)

            let counts = try await database.write { connection in
                [
                    try connection.execute("UPDATE things SET note = 'x' WHERE id > 3"),
                    try connection.execute("UPDATE things SET note = 'x' WHERE id > 99"),
                    try connection.execute("DELETE FROM things"),
                ]
            }
            #expect(counts == [2, 0, 5])
        },
        DatabaseCheck("texts that differ in case, accents or blanks are different keys") { database in
            try await makeTable(on: database)
            let keys = ["a", "A", "ä", "a ", " a", "a\u{0301}", "á"]
            try await database.write { connection in
                for (id, key) in keys.enumerated() {
                    try connection.execute("INSERT INTO things (id, name, slot) VALUES (\(id), 'a', \(key))")
                }
            }

            for (id, key) in keys.enumerated() {
                let rows = try await database.read { try $0.query("SELECT id FROM things WHERE slot = \(key)") }
                #expect(rows.map(\.values) == [[.integer(Int64(id))]])
            }
        },
        DatabaseCheck("a text may be long") { database in
            try await makeTable(on: database)
            let text = String(repeating: "绘", count: 100_000)
            try await database.write {
                try $0.execute("INSERT INTO things (id, name, note) VALUES (1, 'a', \(text))")
            }

            let row = try await database.read { try $0.first("SELECT note FROM things") }
            #expect(try row?.text("note") == text)
        },
        DatabaseCheck("a large value comes back whole") { database in
            try await makeTable(on: database)
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await database.write {
                try $0.execute("INSERT INTO things (id, name, bytes) VALUES (1, 'a', \(bytes))")
            }

            let row = try await database.read { try $0.first("SELECT bytes FROM things") }
            #expect(try row?.blob("bytes") == bytes)
        },
    ]

    static func makeTable(on database: any Database) async throws {
        let things = Migration(component: "things", version: 1) { dialect in
            let words = SchemaWords(dialect)
            return [
                """
                CREATE TABLE things (
                    id BIGINT PRIMARY KEY, name VARCHAR(200) NOT NULL, note TEXT, ratio \(unsafe: words.real),
                    bytes \(unsafe: words.bytes), parent BIGINT, slot VARCHAR(50) UNIQUE,
                    FOREIGN KEY (parent) REFERENCES things (id))
                """
            ]
        }
        try await Migrator([things]).run(on: database)
    }

    static func insert(_ ids: ClosedRange<Int>, on database: any Database) async throws {
        try await database.write { connection in
            for id in ids { try connection.execute("INSERT INTO things (id, name) VALUES (\(id), 'thing')") }
        }
    }

    static func ids(on database: any Database) async throws -> [Int] {
        try await database.read { try $0.query("SELECT id FROM things ORDER BY id").map { try $0.integer("id") } }
    }
}
