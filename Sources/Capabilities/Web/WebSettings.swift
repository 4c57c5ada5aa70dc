public import Settings

/// How the server shows itself to the outside.
public enum WebSettings {
    /// Where it listens.
    public static let host = Setting(
        "API_HOST", .text, default: "127.0.0.1", meaning: "Address to listen on.")

    /// On which port.
    public static let port = Setting(
        "API_PORT", .integer(in: 0...65535), default: 8001, meaning: "Port to listen on; 0 takes any that is free.")

    /// How clients reach it.
    public static let publicURL = Setting(
        "ATELIER_PUBLIC_URL", .url(), defaultFrom: "http://API_HOST:API_PORT",
        meaning: "Base of the URLs that are handed out."
    ) { "http://\(try $0[host]):\(try $0[port])" }

    /// Which pages of other origins may call it.
    public static let corsOrigins = Setting(
        "ATELIER_CORS_ORIGINS", .list(of: .url()), default: [],
        meaning: "Origins whose pages may call the API, with commas between.")

    /// How many connections.
    public static let maximumConnections = Setting(
        "ATELIER_MAX_CONNECTIONS", .integer(in: 16...65536), default: 4096, meaning: "Connections open at once.")

    /// How long a stop waits.
    public static let shutdownGrace = Setting(
        "ATELIER_SHUTDOWN_GRACE", .duration(in: .seconds(0)...(.seconds(600))), default: .seconds(10),
        meaning: "How long a stop waits for requests and activities in flight.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [
        host, port, publicURL, corsOrigins, maximumConnections, shutdownGrace,
    ]
}
