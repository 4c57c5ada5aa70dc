/// Why the database did not do what it was asked.
public enum DatabaseError: Error, Equatable {
    /// A uniqueness or reference rule was broken; `constraint` names it where the database does.
    case constraint(String)
    /// The disk is full or a quota is used up.
    case full(String)
    /// Another writer held on too long, or the server wants the transaction again.
    case busy(String)
    /// The database was closed.
    case closed
    /// The file cannot be opened or is damaged, or the server cannot be reached.
    case unavailable(String)
    /// A column held another type than the program expects.
    case unexpectedValue(column: String, expected: String)
    /// The schema was written by a newer program.
    case newerSchema(component: String, found: Int, known: Int)
    /// A table, column or index that is to be made is there already, or one that is to be dropped is gone.
    case schemaConflict(String)
    /// A statement is wrong: a fault of the program.
    case statement(String)

    /// Whether the same transaction may succeed later without a change.
    public var isRetryable: Bool {
        switch self {
        case .busy, .full, .unavailable: true
        case .constraint, .closed, .unexpectedValue, .newerSchema, .schemaConflict, .statement: false
        }
    }
}

extension DatabaseError: CustomStringConvertible {
    /// One sentence for the log; it may hold table names but never values.
    public var description: String {
        switch self {
        case .constraint(let what): "the database refused a duplicate or dangling row (\(what))"
        case .full(let what): "the database has no room to write (\(what)); free disk space and try again"
        case .busy(let what): "the database is held by another writer (\(what))"
        case .closed: "the database is closed"
        case .unavailable(let what): "the database cannot be used: \(what)"
        case .unexpectedValue(let column, let expected): "column \(column) does not hold \(expected)"
        case .newerSchema(let component, let found, let known):
            "the tables of \(component) are at version \(found), this program knows \(known); run the newer program"
        case .schemaConflict(let what): "the tables are not as a statement expects them: \(what)"
        case .statement(let what): "a statement is wrong: \(what)"
        }
    }
}
