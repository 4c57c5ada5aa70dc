public import Settings

/// What is logged, and how.
public enum LogSettings {
    /// How lines on standard output look.
    public enum Format: String, CaseIterable, Sendable { case human, json }

    /// How lines on standard output look.
    public static let format = Setting<Format>(
        "ATELIER_LOG_FORMAT", .enumeration, default: .human,
        meaning: "Lines on standard output; those in files are always JSON.")

    /// How much.
    public static let level = Setting<LogLevel>(
        "ATELIER_LOG_LEVEL", .enumeration, default: .info, meaning: "The least important lines that are written.")

    /// Where the files are.
    public static let folder = Setting(
        "ATELIER_LOG_FOLDER", .path, defaultFrom: "$ATELIER_HOME/logs", meaning: "Folder of the rotated log files."
    ) { "\(try $0[CommonSettings.home])/logs" }

    /// All of them.
    public static let all: [any SettingDeclaration] = [format, level, folder]
}
