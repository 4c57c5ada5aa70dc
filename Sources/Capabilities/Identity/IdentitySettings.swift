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

    /// The administrator.
    public static let adminUsername = Setting(
        "ADMIN_USERNAME", .text, required: advice, meaning: "User name of the administrator.")

    /// The administrator's password.
    public static let adminPassword = Setting(
        "ADMIN_PASSWORD", .secret(atLeast: 12), required: advice, meaning: "Password of the administrator.")

    /// Signs what the administrator logs in with.
    public static let tokenSecret = Setting(
        "JWT_SECRET", .secret(atLeast: 32), required: advice, meaning: "Signs the administrator's access tokens.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [
        apiUsername, apiPassword, adminUsername, adminPassword, tokenSecret,
    ]
}
