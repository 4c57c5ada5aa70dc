import Database

/// Where a database server listens, and how to speak to it: what a `mysql://` URL says.
struct MySQLLocation: Sendable, Equatable {
    /// What MySQL's own clients call `ssl-mode`.
    enum Encryption: String, CaseIterable, Sendable {
        case disabled = "DISABLED"
        /// Encrypted where the server can.
        case preferred = "PREFERRED"
        case required = "REQUIRED"
        /// The library checks the host name with the certificate, so both words mean the stricter of the two.
        case verifyAuthority = "VERIFY_CA"
        case verifyIdentity = "VERIFY_IDENTITY"
    }

    var host = ""
    var port = 3306
    var user = ""
    var password = ""
    var database = ""
    var socket: String?
    var encryption = Encryption.preferred
    /// Files in PEM form: who may sign the server's certificate, and this client's own certificate and key.
    var authority: String?
    var certificate: String?
    var key: String?
    /// Seconds until a server that does not answer counts as away.
    var connectTimeout = 10
    /// Seconds that one statement may take.
    var statementTimeout = 60

    /// For messages: never the password.
    var name: String { socket ?? (host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)") }

    /// Reads `mysql://user:password@host:port/database?ssl-mode=REQUIRED&ssl-ca=FILE`; `mariadb://` is the same.
    ///
    /// Reserved characters in user, password and database are written as `%40` and so on.
    /// - Throws: ``Database/DatabaseError/unavailable(_:)`` with what is wrong, never with the password.
    init(_ url: String, statementTimeout: Int = 60) throws(DatabaseError) {
        self.statementTimeout = statementTimeout
        guard let mark = url.firstRange(of: "://"), ["mysql", "mariadb"].contains(url[..<mark.lowerBound].lowercased())
        else { throw Self.refusal("does not begin with mysql://") }
        let rest = url[mark.upperBound...].prefix { $0 != "#" }
        let (address, query) = Self.cut(rest, at: "?")
        let (authority, path) = Self.cut(address, at: "/")
        try readAuthority(authority)
        database = try Self.decoded(path ?? "", "the database")
        for pair in (query ?? "").split(separator: "&") {
            let (name, value) = Self.cut(pair, at: "=")
            try set(String(name), to: try Self.decoded(value ?? "", String(name)))
        }
        guard !database.isEmpty else { throw Self.refusal("names no database after its host") }
        guard !host.isEmpty || socket != nil else { throw Self.refusal("names no host") }
    }

    private mutating func readAuthority(_ authority: Substring) throws(DatabaseError) {
        var place = authority
        if let at = authority.lastIndex(of: "@") {
            let (name, secret) = Self.cut(authority[..<at], at: ":")
            user = try Self.decoded(name, "the user")
            password = try Self.decoded(secret ?? "", "the password")
            place = authority[authority.index(after: at)...]
        }
        if place.first == "[", let end = place.firstIndex(of: "]") {
            host = String(place[place.index(after: place.startIndex)..<end])
            place = place[place.index(after: end)...]
        } else {
            let colon = place.firstIndex(of: ":") ?? place.endIndex
            host = try Self.decoded(place[..<colon], "the host")
            place = place[colon...]
        }
        guard place.isEmpty || place == ":" else {
            guard place.first == ":", let number = Int(place.dropFirst()), (1...65535).contains(number) else {
                throw Self.refusal("has a port that is not 1 to 65535")
            }
            port = number
            return
        }
    }

    private mutating func set(_ name: String, to value: String) throws(DatabaseError) {
        switch name {
        case "ssl-mode":
            guard let mode = Encryption(rawValue: value.uppercased()) else {
                let known = Encryption.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.refusal("has an ssl-mode that is none of \(known)")
            }
            encryption = mode
        case "ssl-ca": authority = value
        case "ssl-cert": certificate = value
        case "ssl-key": key = value
        case "socket": socket = value
        case "connect-timeout": connectTimeout = try Self.seconds(value, name)
        case "statement-timeout": statementTimeout = try Self.seconds(value, name)
        default:
            throw Self.refusal(
                """
                has the option \(name.prefix(40)); known are ssl-mode, ssl-ca, ssl-cert, ssl-key, socket, \
                connect-timeout and statement-timeout
                """)
        }
    }

    private static func seconds(_ value: String, _ name: String) throws(DatabaseError) -> Int {
        guard let seconds = Int(value), (1...86_400).contains(seconds) else {
            throw refusal("has a \(name) that is not 1 to 86400 seconds")
        }
        return seconds
    }

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    private static func decoded(_ text: Substring, _ what: String) throws(DatabaseError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                throw refusal("has a % in \(what) that no two hexadecimal digits follow; write % as %25")
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw refusal("has \(what) that is not UTF-8 text")
        }
        return text
    }

    private static func refusal(_ fault: String) -> DatabaseError { .unavailable("DATABASE_URL \(fault)") }
}
