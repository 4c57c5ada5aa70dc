import CPostgreSQL
import Database

extension DatabaseError {
    /// What the server's answer means to the caller.
    ///
    /// The server's messages name tables, columns and words of the statement; those that would repeat a value are left
    /// out.
    /// - SeeAlso: <https://www.postgresql.org/docs/15/errcodes-appendix.html>
    init(_ result: PostgreSQLResult, _ location: PostgreSQLLocation) {
        let state = result.field(atelier_pg_sqlstate) ?? ""
        let message = location.withoutSecrets(result.field(atelier_pg_message) ?? "no reason was given")
        switch state {
        // Two programs that make the same table at once meet in the catalogue: the second finds it there next time.
        case "23505" where result.field(atelier_pg_schema) == "pg_catalog", "40001", "40P01", "55P03", "25P02":
            self = .busy(message)
        case "0A000" where message.contains("cached plan"), "26000":
            self = .busy(Self.plansAreOld)
        case "53100": self = .full(message)
        case "57014": self = .unavailable("\(message); ATELIER_DATABASE_STATEMENT_TIMEOUT says how long one may take")
        case "3D000", "25006", "57P01", "57P02", "57P03", "57P05", "25P03":
            self = .unavailable("\(message); check that the server at \(location.name) runs and takes changes")
        default: self.init(stateClass: state.prefix(2), state, message, result)
        }
    }

    private init(stateClass: Substring, _ state: String, _ message: String, _ result: PostgreSQLResult) {
        switch stateClass {
        case "23": self = .constraint(Self.constraint(result))
        case "22": self = .statement("a value does not fit its place (SQLSTATE \(state))")
        case "08", "28", "53", "58", "XX": self = .unavailable("\(message) (SQLSTATE \(state))")
        // Without a state the library speaks, of a connection that it has lost.
        case "": self = .unavailable("the connection was lost")
        default: self = .statement("\(message) (SQLSTATE \(state))")
        }
    }

    /// The rule's name, or the column's for one without a name.
    private static func constraint(_ result: PostgreSQLResult) -> String {
        if let name = result.field(atelier_pg_constraint) { return name }
        let parts = [result.field(atelier_pg_table), result.field(atelier_pg_column)].compactMap { $0 }
        return parts.isEmpty ? "unnamed" : "not null " + parts.joined(separator: ".")
    }

    /// The error of a wrong statement with the statement's beginning, which holds no value: those are bound to it.
    func naming(_ statement: SQL) -> DatabaseError {
        guard case .statement(let reason) = self else { return self }
        let words = statement.questionMarked.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return .statement("\(reason): \(words.prefix(160))")
    }

    private static let plansAreOld = "its tables have changed since the statement was prepared"

    /// Whether statements must be prepared anew.
    var concernsPlans: Bool { self == .busy(Self.plansAreOld) }
}
