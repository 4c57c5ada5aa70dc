import CPostgreSQL
import Concurrency
import Database

/// Where the server is, and how to get in.
struct PostgreSQLLocation: Sendable {
    /// libpq's keywords and their values in the order in which later ones win; one value is the URL.
    private let keywords: [(name: String, value: String)]
    /// What must not show in any message.
    private let secrets: [String]
    /// Host and port, for messages.
    let name: String

    init(url: String, _ limits: PostgreSQLLimits) throws(DatabaseError) {
        guard let options = Self.options(of: url) else {
            throw .unavailable(
                """
                DATABASE_URL is no URL that PostgreSQL's library understands; write postgres://user:password@host:port/\
                database, and percent-encode special characters of the password
                """)
        }
        let host = options["host"] ?? options["hostaddr"] ?? "the local socket"
        name = "\(host) port \(options["port"] ?? "5432")"
        secrets = ["password", "sslpassword"].compactMap { options[$0] }.filter { !$0.isEmpty }
        keywords = Self.defaults(limits) + [("dbname", url), ("client_encoding", "UTF8")]
    }

    /// What a URL may say otherwise.
    ///
    /// A peer that is gone is noticed after about half a minute.
    private static func defaults(_ limits: PostgreSQLLimits) -> [(name: String, value: String)] {
        [
            ("application_name", "atelier"), ("connect_timeout", String(max(2, Int(limits.connect.seconds)))),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
        ]
    }

    /// Connects; the caller closes what it gets.
    func open() throws(DatabaseError) -> OpaquePointer {
        let connection = withKeywords { names, values in PQconnectdbParams(names, values, 1) }
        guard let connection else { throw .unavailable("no memory for a connection") }
        guard PQstatus(connection) == CONNECTION_OK else {
            let cause = withoutSecrets(PostgreSQLText.line(PQerrorMessage(connection)))
            PQfinish(connection)
            throw .unavailable("\(cause); \(Self.advice(cause))")
        }
        // Notices would go to standard error.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        return connection
    }

    /// `text` without a password that a library put into it.
    func withoutSecrets(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "(hidden)") }
    }

    private static func advice(_ cause: String) -> String {
        if cause.contains("authentication") || cause.contains("no password") || cause.contains("pg_hba") {
            return "check the user and password in DATABASE_URL and the server's pg_hba.conf"
        }
        if cause.contains("does not exist") { return "create it, or correct DATABASE_URL" }
        if cause.contains("SSL") || cause.contains("certificate") {
            return "check sslmode and sslrootcert in DATABASE_URL"
        }
        if cause.contains("too many") { return "raise the server's max_connections or ATELIER_DATABASE_CONNECTIONS" }
        if cause.contains("starting up") || cause.contains("shutting down") { return "try again in a moment" }
        return "check that the server runs and that DATABASE_URL names it"
    }

    private static func options(of url: String) -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(message) }
        guard let parsed = PQconninfoParse(url, &message) else { return nil }
        defer { PQconninfoFree(parsed) }
        var options: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // An @ that is not encoded ends the password early: the rest of it would be taken for the host.
        if let host = options["host"], host.contains("@") { return nil }
        return options
    }

    private func withKeywords<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result?
    ) -> Result? {
        let names = CStrings(keywords.map(\.name))
        let values = CStrings(keywords.map(\.value))
        return names.withPointers { names in values.withPointers { values in body(names, values) } }
    }
}

/// Texts as C wants a list of them: pointers, and a null at the end.
private struct CStrings {
    private var bytes: [CChar] = []
    private var offsets: [Int] = []

    init(_ texts: [String]) {
        for text in texts {
            offsets.append(bytes.count)
            bytes += Array(text.utf8CString)
        }
    }

    func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result?) -> Result? {
        bytes.withUnsafeBufferPointer { buffer in
            let pointers = offsets.map { offset in buffer.baseAddress.map { $0 + offset } } + [nil]
            return pointers.withUnsafeBufferPointer { $0.baseAddress.flatMap(body) }
        }
    }
}

/// Texts of the library.
enum PostgreSQLText {
    /// A message as one line.
    static func line(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "no reason was given" }
        let words = String(cString: text).split(whereSeparator: \.isNewline).map { line in
            String(line.drop { $0.isWhitespace })
        }
        return words.joined(separator: " ")
    }
}
