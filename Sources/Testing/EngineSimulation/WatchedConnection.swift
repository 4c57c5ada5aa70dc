import Database

/// A connection that tells the trace what each statement changed.
struct WatchedConnection: SQLConnection {
    let base: any SQLConnection
    let process: SimulatedProcess
    var dialect: SQLDialect { base.dialect }

    func execute(_ statement: SQL) throws -> Int {
        let changed = try base.execute(statement)
        let words = statement.questionMarked.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let values = statement.values.map(Self.text).joined(separator: ", ")
        process.world.remark("p\(process.number)   \(changed): \(words.prefix(160)) [\(values.prefix(200))]")
        return changed
    }

    func query(_ statement: SQL) throws -> [SQLRow] { try base.query(statement) }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "null"
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let bytes): String(decoding: bytes.prefix(60), as: UTF8.self)
        }
    }
}
