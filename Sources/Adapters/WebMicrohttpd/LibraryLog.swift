import Concurrency
import Observability

/// Passes the library's messages on to the log, a few at a time: most are about what strangers send, as often as they
/// like.
final class LibraryLog: Sendable {
    private struct Window {
        var start = ContinuousClock.now
        var written = 0
        var dropped = 0
    }
    private static let length = Duration.seconds(60)
    private static let messagesInWindow = 20

    /// How messages begin that are about clients who leave or send nonsense, and about connections that we had closed.
    private static let everyday = [
        "Application reported internal error", "Closing connection (application error", "Connection socket is closed",
        "Connection was closed by remote side", "Error processing request", "Failed to parse `Content-Length'",
        "Failed to send", "Socket has been disconnected", "Too large value of 'Content-Length'",
    ]

    private let logger: Logger
    private let window = Locked(Window())

    init(_ logger: Logger) { self.logger = logger }

    func write(_ message: String) {
        let text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard !Self.everyday.contains(where: text.hasPrefix) else {
            return logger.debug("the HTTP library reports", ["text": .text(text)])
        }
        let (isWritten, dropped) = window.withLock { window in
            if ContinuousClock.now - window.start > Self.length { window = Window(dropped: window.dropped) }
            guard window.written < Self.messagesInWindow else {
                window.dropped += 1
                return (false, 0)
            }
            window.written += 1
            defer { window.dropped = 0 }
            return (true, window.dropped)
        }
        guard isWritten else { return }
        logger.warning("the HTTP library reports", ["text": .text(text), "left_out": .integer(dropped)])
    }
}
