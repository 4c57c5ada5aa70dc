/// Settings that several modules' defaults rest on.
public enum CommonSettings {
    /// Where everything the server keeps lies.
    public static let home = Setting(
        "ATELIER_HOME", .path, default: "./.atelier", meaning: "Folder of the embedded database, files and logs.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [home]
}
