public import Settings

/// Where rows are kept.
public enum DatabaseSettings {
    /// The database.
    public static let url = Setting(
        "DATABASE_URL", .url(schemes: ["sqlite", "postgres", "postgresql", "mysql", "mariadb"]),
        defaultFrom: "sqlite://$ATELIER_HOME/atelier.db",
        meaning: "The database: sqlite://PATH, or postgres:// or mysql://USER:PASSWORD@HOST:PORT/NAME."
    ) { "sqlite://\(try $0[CommonSettings.home])/atelier.db" }
    /// How many connections a process opens to a server at most.
    public static let connections = Setting(
        "ATELIER_DATABASE_CONNECTIONS", .integer(in: 1...200), default: 10,
        meaning: "Connections of a process to a PostgreSQL or MySQL server at most.")
    /// How long a transaction waits for a connection, or for others to get out of its way.
    public static let patience = Setting(
        "ATELIER_DATABASE_PATIENCE", .duration(in: .milliseconds(100)...(.seconds(600))), default: .seconds(10),
        meaning: "How long a transaction waits for a free connection to a server.")
    /// How long a statement may take on a server.
    public static let statementTimeout = Setting(
        "ATELIER_DATABASE_STATEMENT_TIMEOUT", .duration(in: .seconds(1)...(.seconds(86_400))), default: .seconds(60),
        meaning: "How long a statement may take on a server; a migration of large tables may need more.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [url, connections, patience, statementTimeout]
}
