import CSQLite
import Database
import Glibc

extension DatabaseError {
    /// What the extended result code `status` means to the caller.
    ///
    /// SQLite's messages name tables, columns and words of the statement, never values or paths.
    /// - SeeAlso: <https://www.sqlite.org/rescode.html>
    init(sqlite status: Int32, on connection: OpaquePointer) {
        let message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "result \(status)"
        // The primary code is the low byte.
        switch status & 0xff {
        case SQLITE_CONSTRAINT: self = .constraint(Self.constraint(message))
        case SQLITE_FULL: self = .full(message)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(message)
        case SQLITE_IOERR where [EDQUOT, EFBIG, ENOSPC].contains(sqlite3_system_errno(connection)):
            self = .full("\(message); a quota or size limit is reached")
        case SQLITE_AUTH: self = .statement("a transaction must not begin, commit or roll back by itself")
        case SQLITE_ERROR, SQLITE_MISUSE, SQLITE_RANGE, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_SCHEMA:
            self = .statement(message)
        default: self = .unavailable("\(message) (SQLite result \(status)); \(Self.advice(status & 0xff))")
        }
    }

    /// `UNIQUE constraint failed: jobs.name` as `unique jobs.name`.
    private static func constraint(_ message: String) -> String {
        let mark = " constraint failed"
        guard let range = message.firstRange(of: mark) else { return message }
        let kind = message[..<range.lowerBound].lowercased()
        let what = message[range.upperBound...].drop { $0 == ":" || $0 == " " }
        return what.isEmpty ? kind : "\(kind) \(what)"
    }

    private static func advice(_ primary: Int32) -> String {
        switch primary {
        case SQLITE_CORRUPT: "stop the program and restore a backup"
        case SQLITE_NOTADB: "DATABASE_URL names a file that is not a database; name another or move it away"
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY:
            "check that the program's user owns the file and its folder, and that they are not read-only"
        case SQLITE_NOMEM: "the machine is out of memory"
        default: "check the disk and the kernel's log"
        }
    }
}
