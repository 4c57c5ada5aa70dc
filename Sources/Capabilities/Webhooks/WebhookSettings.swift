public import Settings

/// How receivers outside are told of jobs.
public enum WebhookSettings {
    /// How long it is on record what was sent.
    public static let retention = Setting(
        "ATELIER_WEBHOOK_RETENTION", .duration(in: .seconds(7 * 24 * 3600)...(.seconds(3650 * 24 * 3600))),
        default: .seconds(30 * 24 * 3600), meaning: "How long it is on record which webhooks were sent.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [retention]
}
