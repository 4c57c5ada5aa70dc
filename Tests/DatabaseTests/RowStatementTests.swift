import Database
import Testing

@Suite struct `A statement about many rows` {
    private static let insert = RowStatement("INSERT INTO t (a, b) VALUES ", row: "(?, ?)", end: " RETURNING a")

    private static func values(_ rows: Int) -> [SQLValue] { (0..<2 * rows).map { .integer(Int64($0)) } }

    @Test func `is sent for all rows in few statements that keep the order of the rows`() {
        let statements = Self.insert.statements(Self.values(101))

        #expect(statements.map(\.values.count) == [128, 64, 8, 2])
        #expect(statements.flatMap(\.values) == Self.values(101))
    }

    @Test func `has a place for each value, whichever way the dialect writes it`() {
        let statements = Self.insert.statements(Self.values(2))

        #expect(statements.map(\.questionMarked) == ["INSERT INTO t (a, b) VALUES (?, ?), (?, ?) RETURNING a"])
        #expect(statements.map(\.numbered) == ["INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) RETURNING a"])
    }

    @Test func `comes in so few lengths that caches hold them all`() {
        let texts = Set((1...500).flatMap { Self.insert.statements(Self.values($0)).map(\.questionMarked) })

        #expect(texts.count == 7)
    }

    @Test func `is sent row by row where each row must be counted`() {
        let statements = Self.insert.statements(Self.values(3), atMost: 1)

        #expect(statements.map(\.values.count) == [2, 2, 2])
    }

    @Test func `is none at all for no rows`() {
        #expect(Self.insert.statements([]).isEmpty)
    }
}
