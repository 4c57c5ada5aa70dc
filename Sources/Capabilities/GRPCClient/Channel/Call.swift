import Concurrency

/// Tells calls of this process apart.
struct CallID: Hashable, Sendable {
    private static let last = Locked<UInt64>(0)
    private let number: UInt64

    static func next() -> CallID {
        CallID(
            number: last.withLock { last in
                last += 1
                return last
            })
    }
}

/// One call on its way; only its channel's thread touches it.
final class Call {
    let id: CallID
    let method: String
    let timeout: Duration
    let deadline: ContinuousClock.Instant
    /// Prefixed with the compression flag, 0, and the length as four bytes, the most significant first.
    let request: [UInt8]
    var sent = 0
    var answer: [UInt8] = []
    var fields = AnswerFields()
    /// Why the rest of the answer is not wanted.
    var refusedAnswer: GRPCError?
    /// The stream that carries it; nil before it is sent.
    var stream: Int32?
    var refusals = 0
    private var continuation: CheckedContinuation<[UInt8], any Error>?

    init(
        _ id: CallID, _ method: String, _ message: [UInt8], timeout: Duration,
        _ continuation: CheckedContinuation<[UInt8], any Error>
    ) {
        self.id = id
        self.method = method
        self.timeout = timeout
        self.continuation = continuation
        deadline = .now + timeout
        let count = UInt32(message.count)
        request = [0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + message
    }

    var isOpen: Bool { continuation != nil }

    /// Answers the caller; only the first answer counts.
    func finish(_ result: Result<[UInt8], any Error>) {
        continuation?.resume(with: result)
        continuation = nil
    }

    /// What is left of its time, as a header field says it: at most eight digits and a unit.
    var remainingTime: String {
        let milliseconds = max(1, (deadline - .now).wholeMilliseconds)
        return milliseconds < 100_000_000 ? "\(milliseconds)m" : "\(min(milliseconds / 1000, 99_999_999))S"
    }

    /// Makes it ready to be sent, perhaps for the second time.
    func rewind() { (sent, answer, fields, stream) = (0, [], AnswerFields(), nil) }
}
