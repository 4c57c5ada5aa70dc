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

    private let logger: Logger
    private let window = Locked(Window())

    init(_ logger: Logger) { self.logger = logger }

    func write(_ message: String) {
        let text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        // The library's words for our own decision to close a connection, which was explained where it was taken.
        guard !text.hasPrefix("Application reported internal error"), !text.contains("application error generating")
        else { return logger.debug("the HTTP library reports", ["text": .text(text)]) }
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
