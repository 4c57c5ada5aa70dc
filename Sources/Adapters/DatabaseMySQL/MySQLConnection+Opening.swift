import CMariaDB
import Database

/// The library's own set-up, which must come before any thread uses it.
enum MySQLLibrary {
    /// False when there was no memory for it.
    static let isReady: Bool = mysql_server_init(0, nil, nil) == 0
}

extension MySQLConnection {
    /// Connects as `location` says; blocks for its connect timeout at most.
    func open(_ location: MySQLLocation, on connection: UnsafeMutablePointer<MYSQL>) throws(DatabaseError) {
        setTimes(location, on: connection)
        setSafety(location, on: connection)
        mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        // Matched rows count, changed or not, as in the other databases.
        let flags = UInt(CLIENT_FOUND_ROWS) | UInt(CLIENT_MULTI_STATEMENTS)
        let opened = mysql_real_connect(
            connection, location.socket == nil ? location.host : nil, location.user, location.password,
            location.database, UInt32(location.port), location.socket, flags)
        guard opened != nil else { throw MySQLFailure(connection).error(at: location.name) }
    }

    private func setTimes(_ location: MySQLLocation, on connection: UnsafeMutablePointer<MYSQL>) {
        setNumber(MYSQL_OPT_CONNECT_TIMEOUT, location.connectTimeout, on: connection)
        setNumber(MYSQL_OPT_READ_TIMEOUT, location.statementTimeout, on: connection)
        setNumber(MYSQL_OPT_WRITE_TIMEOUT, location.statementTimeout, on: connection)
    }

    private func setSafety(_ location: MySQLLocation, on connection: UnsafeMutablePointer<MYSQL>) {
        // A server must not ask for our files, nor for the password in clear.
        setNumber(MYSQL_OPT_LOCAL_INFILE, 0, on: connection)
        mysql_options(
            connection, MARIADB_OPT_RESTRICTED_AUTH,
            "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519")
        // Without it the library takes `localhost` for a socket.
        if location.socket == nil {
            setNumber(MYSQL_OPT_PROTOCOL, Int(MYSQL_PROTOCOL_TCP.rawValue), on: connection)
        }
        guard location.encryption != .disabled else { return }
        mysql_ssl_set(connection, location.key, location.certificate, location.authority, nil, nil)
        var isOn: CChar = 1
        if location.encryption != .preferred { mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &isOn) }
        if [.verifyAuthority, .verifyIdentity].contains(location.encryption) {
            mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &isOn)
        }
    }

    private func setNumber(_ option: mysql_option, _ number: Int, on connection: UnsafeMutablePointer<MYSQL>) {
        var value = UInt32(clamping: number)
        mysql_options(connection, option, &value)
    }

    /// What every session needs, whatever the server's own settings are.
    static func sessionSettings(_ location: MySQLLocation) -> String {
        // No lock is waited for longer than a statement may take.
        let patience = max(1, min(20, location.statementTimeout / 2))
        return """
            SET NAMES utf8mb4; \
            SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
            SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = \(patience), autocommit = 1, \
            sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
            NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'
            """
    }
}
