import AtelierTesting
import Database
import Testing

@testable import DatabaseSQLite

@Suite struct `Statements` {
    @Test func `keep values apart from the text in every dialect's wording`() {
        let name = "x'; DROP TABLE t; --"
        let statement: SQL = "SELECT '?' FROM t WHERE name = \(name) AND id IN (\(list: [1, 2])) -- ünïcode"

        #expect(statement.questionMarked == "SELECT '?' FROM t WHERE name = ? AND id IN (?, ?) -- ünïcode")
        #expect(statement.numbered == "SELECT '?' FROM t WHERE name = $1 AND id IN ($2, $3) -- ünïcode")
        #expect(statement.values == [.text(name), .integer(1), .integer(2)])
    }

    @Test func `are kept prepared up to a limit, the least recently used leaving first`() async throws {
        try await withTemporaryFolder { folder in
            let location = SQLiteLocation(path: folder.file("data.db"), patience: .seconds(1))
            try location.prepare()
            let handle = try SQLiteHandle(location, .writing)
            try handle.control(.beginReading)
            _ = try handle.query("SELECT 'first'")
            _ = try handle.query("SELECT 'second'")
            for number in 3...256 { _ = try handle.query("SELECT \(unsafe: "\(number)")") }
            _ = try handle.query("SELECT 'first'")
            _ = try handle.query("SELECT 'one too many'")

            #expect(handle.cache.count == 256)
            #expect(handle.cache.holds("SELECT 'first'"))
            #expect(!handle.cache.holds("SELECT 'second'"))
            handle.close()
        }
    }
}
