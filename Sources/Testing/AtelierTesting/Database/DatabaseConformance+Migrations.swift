import Database
import Testing

extension DatabaseConformance {
    static func notes(upTo version: Int) -> [Migration] {
        let all = [
            Migration(component: "notes", version: 1) { _ in ["CREATE TABLE notes (id BIGINT PRIMARY KEY)"] },
            Migration(component: "notes", version: 2) { _ in
                ["ALTER TABLE notes ADD COLUMN body TEXT", "INSERT INTO notes (id, body) VALUES (1, 'first')"]
            },
            Migration(component: "notes", version: 3) { _ in ["INSERT INTO notes (id, body) VALUES (2, 'second')"] },
        ]
        return Array(all.prefix(version))
    }

    static let migrations: [DatabaseCheck] = [
        DatabaseCheck("migrations are applied in order, once") { database in
            #expect(try await Migrator(notes(upTo: 2).reversed()).run(on: database) == 2)
            #expect(try await Migrator(notes(upTo: 3)).run(on: database) == 1)
            #expect(try await Migrator(notes(upTo: 3)).run(on: database) == 0)

            let rows = try await database.read { try $0.query("SELECT body FROM notes ORDER BY id") }
            #expect(try rows.map { try $0.text("body") } == ["first", "second"])
        },
        DatabaseCheck("two programs that start at once apply each migration once") { database in
            let migrator = try Migrator(notes(upTo: 3))
            async let first = migrator.run(on: database)
            async let second = migrator.run(on: database)

            let applied = try await [first, second]
            #expect(applied.reduce(0, +) == 3)
        },
        DatabaseCheck("tables of a newer program are left alone") { database in
            try await Migrator(notes(upTo: 3)).run(on: database)
            let other = Migration(component: "other", version: 1) { _ in ["CREATE TABLE other (id BIGINT)"] }

            await #expect(throws: DatabaseError.newerSchema(component: "notes", found: 3, known: 2)) {
                try await Migrator([other] + notes(upTo: 2)).run(on: database)
            }
            let rows = try await database.read { try $0.query("SELECT component FROM schema_versions") }
            #expect(try rows.allSatisfy { try $0.text("component") == "notes" })
        },
        DatabaseCheck("a migration that fails leaves the version before it") { database in
            try await Migrator(notes(upTo: 2)).run(on: database)
            let broken = Migration(component: "notes", version: 3) { _ in
                ["INSERT INTO notes (id, body) VALUES (5, 'half')", "INSERT INTO nowhere (id) VALUES (1)"]
            }

            await #expect(throws: DatabaseError.self) {
                try await Migrator(notes(upTo: 2) + [broken]).run(on: database)
            }
            let rows = try await database.read { try $0.query("SELECT id FROM notes") }
            #expect(rows.count == 1)
            #expect(try await Migrator(notes(upTo: 3)).run(on: database) == 1)
        },
        DatabaseCheck("versions with a gap are refused, in the program and in the table") { database in
            #expect(throws: DatabaseError.self) { try Migrator([notes(upTo: 3)[0], notes(upTo: 3)[2]]) }

            try await Migrator(notes(upTo: 3)).run(on: database)
            try await database.write { try $0.execute("DELETE FROM schema_versions WHERE version = 2") }
            await #expect(throws: DatabaseError.self) { try await Migrator(notes(upTo: 3)).run(on: database) }
        },
    ]
}
