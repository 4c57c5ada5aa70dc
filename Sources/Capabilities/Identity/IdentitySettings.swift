public import Settings

/// Who may use the server.
public enum IdentitySettings {
    private static let advice = "start with ./start.sh, which writes .env, or set it"

    /// The user of HTTP Basic.
    public static let apiUsername = Setting(
        "API_USERNAME", .text, required: advice, meaning: "User name of HTTP Basic, for campaigns.")

    /// The password of HTTP Basic.
    public static let apiPassword = Setting(
        "API_PASSWORD", .secret(atLeast: 8), required: advice, meaning: "Password of HTTP Basic, for campaigns.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [apiUsername, apiPassword]
}
