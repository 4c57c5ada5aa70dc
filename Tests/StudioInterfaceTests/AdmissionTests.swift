import AtelierTesting
import Concurrency
import Database
import Foundation
import Testing

@testable import StudioInterface

@Suite struct `Taking work in` {
    private struct Order: Codable, Sendable { var text = "one" }
    private struct Receipt: Codable, Sendable, Equatable { let id: Int }
    private struct Refused: Error {}

    private static let tables =
        Admission.migrations + [
            Migration(component: "work", version: 1) { dialect in
                ["CREATE TABLE work (id \(unsafe: SchemaWords(dialect).lastingSerial), text TEXT)"]
            }
        ]

    private func request(_ key: String, client: String = "a", _ text: String = "one") throws -> IdempotentRequest? {
        try IdempotentRequest(key: key, client: client, route: "POST /work", content: Order(text: text))
    }

    private static func insert(_ transaction: any SQLConnection) throws -> Receipt {
        Receipt(id: try transaction.insertReturningID("INSERT INTO work (text) VALUES ('x')"))
    }

    private func count(_ database: any Database) async throws -> Int? {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM work")?.integer("n") }
    }

    @Test(arguments: TestDatabase.available)
    func `the same key gives the same answer and does the work once`(on kind: TestDatabase) async throws {
        try await kind.with(Self.tables) { database in
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

    @Test(arguments: TestDatabase.available)
    func `the same key for something else is refused`(on kind: TestDatabase) async throws {
        try await kind.with(Self.tables) { database in
            let gate = Admission(database: database, clock: SystemClock())
            _ = try await gate.admit(request("k"), Self.insert)

            await #expect(throws: AdmissionError.otherRequest) {
                _ = try await gate.admit(request("k", "two"), Self.insert)
            }
        }
    }

    @Test(arguments: TestDatabase.available)
    func `work that fails leaves neither a row nor its key`(on kind: TestDatabase) async throws {
        try await kind.with(Self.tables) { database in
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

    @Test(arguments: TestDatabase.available)
    func `many repeats at once do the work once`(on kind: TestDatabase) async throws {
        try await kind.with(Self.tables) { database in
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

    @Test(arguments: TestDatabase.available)
    func `of two processes with the same key one does the work, and both give its answer`(
        on kind: TestDatabase
    ) async throws {
        try await kind.with(Self.tables) { database in
            // What keeps repeats in one process apart does not reach another.
            let gates = (0..<10).map { _ in Admission(database: database, clock: SystemClock()) }

            let answers = try await gates.concurrentMap(atMost: 10) { gate in
                try await gate.admit(self.request("k"), Self.insert)
            }

            let rows = try await count(database)
            #expect(rows == 1)
            #expect(Set(answers.map(\.id)).count == 1)
        }
    }

    @Test(arguments: TestDatabase.available)
    func `answers are forgotten after a day, and not before`(on kind: TestDatabase) async throws {
        try await kind.with(Self.tables) { database in
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
