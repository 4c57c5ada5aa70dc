import CMariaDB
import Database

/// An error number of the server or the library, with its message.
struct MySQLFailure: Error {
    let code: Int
    let state: String
    let message: String

    init(_ connection: UnsafeMutablePointer<MYSQL>) {
        code = Int(mysql_errno(connection))
        state = String(cString: mysql_sqlstate(connection))
        message = String(cString: mysql_error(connection))
    }

    init(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
        code = Int(mysql_stmt_errno(statement))
        state = String(cString: mysql_stmt_sqlstate(statement))
        message = String(cString: mysql_stmt_error(statement))
    }

    /// Whether the connection is of no more use.
    ///
    /// - SeeAlso: <https://dev.mysql.com/doc/mysql-errors/8.0/en/>, <https://mariadb.com/kb/en/mariadb-error-codes/>
    var breaksConnection: Bool {
        switch code {
        case 2057: false
        // The library's own: gone, lost, out of step, encryption.
        case 2000..<3000: true
        // Shutting down, packets out of order or cut short, killed, idle for too long.
        case 1053, 1079, 1152...1161, 1184, 1927, 4031: true
        default: state.hasPrefix("08")
        }
    }

    /// Whether the server undid the whole transaction, not just the statement.
    var undoesTransaction: Bool { [1020, 1213].contains(code) }

    /// The server's way to say that a text may not be prepared.
    var isNotPreparable: Bool { code == 1295 }
    /// The statement must be prepared anew: its tables or their columns changed, or the server forgot it.
    var wantsPreparation: Bool { [1243, 1615, 2057].contains(code) }
    /// The server holds as many prepared statements as it may, over all connections.
    var isOutOfStatements: Bool { code == 1461 }

    /// What it means to the caller.
    /// - Parameter place: The server, for messages.
    func error(at place: String) -> DatabaseError {
        switch code {
        case 1022, 1062, 1169, 1586: return .constraint("unique \(lastQuoted)")
        case 1216, 1217, 1451, 1452, 1557, 1761, 1762: return .constraint("foreign key \(constraint)")
        case 1048, 1364: return .constraint("not null \(lastQuoted)")
        case 3819, 4025: return .constraint("check \(constraint)")
        case 1020, 1205, 1213, 1317, 1412, 1969, 3024, 3572, 1243, 1615, 1461, 2057: return .busy(described)
        case 3, 1021, 1114: return .full(described)
        case 1026 where hasNoRoom, 1030 where hasNoRoom: return .full(described)
        case 1050, 1060, 1061, 1091: return .schemaConflict(described)
        case 1040, 1042, 1043, 1203, 1226: return .unavailable("\(place) takes no more connections: \(described)")
        case 1044, 1045, 1130, 1698, 1820, 1862, 3118, 3955:
            return .unavailable("\(place) refuses the user: \(described); check user and password in DATABASE_URL")
        case 1049: return .unavailable("\(place) has no such database: \(described); create it, or name another")
        case 1129:
            return .unavailable("\(place) refuses this machine after many failed connections; run FLUSH HOSTS there")
        case 1290, 1836: return .unavailable("\(place) takes no writes now: \(described)")
        case 2002, 2003, 2005: return .unavailable("\(place) cannot be reached: \(described)")
        case 2026, 2061, 3159:
            return .unavailable("\(place) cannot be spoken to safely: \(described); check ssl-mode and ssl-ca")
        default: return breaksConnection ? .unavailable("\(place) is gone: \(described)") : .statement(described)
        }
    }

    /// The name that ends `Duplicate entry '...' for key 'slot'`; what stands before it may be a value.
    private var lastQuoted: String {
        let pieces = message.split(separator: "'", omittingEmptySubsequences: false)
        // The text after the last quote is a piece too, so the name is the one before it.
        return pieces.count >= 3 ? String(pieces[pieces.count - 2]) : ""
    }

    /// The name in ``... CONSTRAINT `known_parent` FOREIGN KEY ...``, which holds no value.
    private var constraint: String {
        guard let mark = message.firstRange(of: "CONSTRAINT `") else { return lastQuoted }
        return String(message[mark.upperBound...].prefix { $0 != "`" })
    }

    /// Whether the operating system's error in the message is ENOSPC or EDQUOT.
    private var hasNoRoom: Bool { message.contains("error 28") || message.contains("error 122") }

    /// The message, without what may be a stored value.
    private var described: String { "\(namesNoValue ? message : withoutQuotations) (MySQL error \(code))" }

    private var namesNoValue: Bool {
        switch code {
        // Of statements and connections: names of tables, columns and users, words of the statement.
        case 1040...1061, 1064, 1091, 1129...1131, 1146, 1149, 1205, 1213, 1295, 1364, 1406, 2000..<3000: true
        default: false
        }
    }

    private var withoutQuotations: String {
        message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "..." }.joined(separator: "'")
    }
}
