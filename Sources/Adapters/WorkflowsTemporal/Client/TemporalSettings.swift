public import Settings

/// Where Temporal is, and how to reach it.
public enum TemporalSettings {
    /// The frontend's address.
    public static let address = Setting(
        "TEMPORAL_ADDRESS", .text, default: "localhost:7233", meaning: "HOST:PORT of the Temporal frontend.")
    /// The namespace.
    public static let namespace = Setting(
        "TEMPORAL_NAMESPACE", .text, default: "default", meaning: "The namespace that the workflows live in.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [address, namespace]
}
