public import Settings

/// Where pictures are kept and how they are handed out.
public enum StorageSettings {
    /// The store.
    public static let url = Setting(
        "ATELIER_STORAGE", .url(schemes: ["file"]), defaultFrom: "file://$ATELIER_HOME/files",
        meaning: "The object store: file://PATH."
    ) { "file://\(try $0[CommonSettings.home])/files" }

    /// Signs links.
    public static let linkSecret = Setting(
        "ATELIER_LINK_SECRET", .secret(atLeast: 32), required: "start with ./start.sh, which writes .env, or set it",
        meaning: "Signs the links under /files. Links signed with another are refused.")

    /// The secret before, so that links stay good while it is changed.
    public static let previousLinkSecret = Setting(
        "ATELIER_PREVIOUS_LINK_SECRET", .optional(.secret(atLeast: 32)), default: nil,
        meaning: "The link secret before a change; links signed with it stay good.")

    /// How long links are good.
    public static let linkLifetime = Setting(
        "ATELIER_LINK_LIFETIME", .duration(in: .seconds(60)...(.seconds(30 * 24 * 3600))), default: .seconds(24 * 3600),
        meaning: "How long a link under /files is good at least.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [url, linkSecret, previousLinkSecret, linkLifetime]
}
