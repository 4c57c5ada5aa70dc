import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Testing

@testable import StudioInterface

@Suite struct `Taking work in` {
    private struct Order: Codable, Sendable { var text = "one" }
    private struct Receipt: Codable, Sendable, Equatable { let id: Int }
    private struct Refused: Error {}

    private func withDatabase(_ body: (any Database) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase(path: folder.file("test.db"))
        _ = try await Migrator(Admission.migrations).run(on: database)
        try await database.write {
            try $0.execute("CREATE TABLE work (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)")
        }
        try await body(database)
        await database.close()
    }

    private func request(_ key: String, client: String = "a", _ text: String = "one") throws -> IdempotentRequest? {
        try IdempotentRequest(key: key, client: client, route: "POST /work", content: Order(text: text))
    }

    private static func insert(_ transaction: any SQLConnection) throws -> Receipt {
        let row = try transaction.first("INSERT INTO work (text) VALUES ('x') RETURNING id")
        return Receipt(id: try row?.integer("id") ?? 0)
    }

    private func count(_ database: any Database) async throws -> Int? {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM work")?.integer("n") }
    }

    @Test func `the same key gives the same answer and does the work once`() async throws {
        try await withDatabase { database in
            let gate = Admission(database: database, clock: SystemClock())

            let first = try await gate.admit(request("k"), Self.insert)
            let second = try await gate.admit(request("k"), Self.insert)
            let other = try await gate.admit(request("k2"), Self.insert)
            let stranger = try await gate.admit(request("k", client: "b"), Self.insert)
            let keyless = try await gate.admit(nil, Self.insert)

            #expect(first == second)
            #expect(Set([first.id, other.id, stranger.id, keyless.id]).count == 4)
            let rows = try await count(database)
            #expect(rows == 4)
        }
    }

    @Test func `the same key for something else is refused`() async throws {
        try await withDatabase { database in
            let gate = Admission(database: database, clock: SystemClock())
            _ = try await gate.admit(request("k"), Self.insert)

            await #expect(throws: AdmissionError.otherRequest) {
                _ = try await gate.admit(request("k", "two"), Self.insert)
            }
        }
    }

    @Test func `work that fails leaves neither a row nor its key`() async throws {
        try await withDatabase { database in
            let gate = Admission(database: database, clock: SystemClock())

            await #expect(throws: Refused.self) {
                let _: Receipt = try await gate.admit(request("k")) { transaction in
                    _ = try Self.insert(transaction)
                    throw Refused()
                }
            }
            let again = try await gate.admit(request("k"), Self.insert)

            let rows = try await count(database)
            #expect(again.id > 0 && rows == 1)
        }
    }

    @Test func `many repeats at once do the work once`() async throws {
        try await withDatabase { database in
            let gate = Admission(database: database, clock: SystemClock())

            let answers = await withTaskGroup(of: Receipt?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        // A repeat while the first is in hand is told so; what counts is that none does the work again.
                        try? await gate.admit(self.request("k"), Self.insert)
                    }
                }
                return await group.reduce(into: [Receipt]()) { if let receipt = $1 { $0.append(receipt) } }
            }

            let rows = try await count(database)
            #expect(rows == 1)
            #expect(Set(answers.map(\.id)).count == 1)
        }
    }

    @Test func `answers are forgotten after a day, and not before`() async throws {
        try await withDatabase { database in
            let clock = ManualClock()
            let gate = Admission(database: database, clock: clock)
            let first = try await gate.admit(request("k"), Self.insert)

            func forget() async throws -> Int {
                let now = clock.now
                return try await database.write { try IdempotencyStore(now: now).forgetOld(limit: 10, in: $0) }
            }
            clock.advance(by: .seconds(86_399))
            let early = try await forget()
            clock.advance(by: .seconds(2))
            let late = try await forget()
            let second = try await gate.admit(request("k"), Self.insert)

            #expect(early == 0 && late == 1)
            #expect(second != first)
        }
    }
}
