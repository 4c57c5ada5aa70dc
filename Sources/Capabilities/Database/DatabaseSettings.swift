public import Settings

/// Where rows are kept.
public enum DatabaseSettings {
    /// The database.
    public static let url = Setting(
        "DATABASE_URL", .url(schemes: ["sqlite"]), defaultFrom: "sqlite://$ATELIER_HOME/atelier.db",
        meaning: "The database: sqlite://PATH."
    ) { "sqlite://\(try $0[CommonSettings.home])/atelier.db" }

    /// All of them.
    public static let all: [any SettingDeclaration] = [url]
}
