import Concurrency
import HTTPClient

/// One request and its answer, between the thread that moves the bytes and the task that reads them.
///
/// The answer's body waits here in a bounded buffer; when it is full libcurl is told to pause, and so, at last, is the
/// other side.
final class Exchange: Sendable {
    struct Head: Sendable {
        var status = 0
        var headers = OutboundHeaders()
    }

    /// When a reader has this much before it, the sender has to wait.
    private static let bufferLimit = 256 << 10
    private static let pieceSize = 32 << 10

    private struct State {
        var head: Head?
        var headWaiter: CheckedContinuation<Void, Never>?
        var pieces: [[UInt8]] = []
        var buffered = 0
        var isPaused = false
        var isOver = false
        var failure: (any Error)?
        var isCancelled = false
        var reader: CheckedContinuation<Void, Never>?
    }

    let id: Int
    private let post: @Sendable (TransferThread.Command) -> Void
    private let state = Locked(State())

    init(id: Int, post: @escaping @Sendable (TransferThread.Command) -> Void) {
        self.id = id
        self.post = post
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Breaks the exchange off, if it is not over.
    func cancel() {
        let mustStop = state.withLock { state in
            if state.isOver || state.isCancelled { return false }
            state.isCancelled = true
            return true
        }
        if mustStop { post(.cancel(id)) }
    }
}

// The reader's side.
extension Exchange {
    /// Waits for the head of the answer.
    func head() async throws -> Head {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.head != nil || state.isOver { return true }
                state.headWaiter = continuation
                return false
            }
            if isThere { continuation.resume() }
        }
        let (head, failure) = state.withLock { ($0.head, $0.failure) }
        guard let head else { throw failure ?? CancellationError() }
        return head
    }

    /// Waits for more of the body; nil at its end.
    func next() async throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            switch take() {
            case .piece(let piece, let mustGoOn):
                if mustGoOn { post(.goOn(id)) }
                return piece
            case .end(let failure):
                if let failure { throw failure }
                return nil
            case .nothing: await waitForMore()
            }
        }
    }

    private enum Taken: Sendable {
        case piece([UInt8], mustGoOn: Bool)
        case end((any Error)?)
        case nothing
    }

    private func take() -> Taken {
        state.withLock { state in
            guard !state.pieces.isEmpty else { return state.isOver ? .end(state.failure) : .nothing }
            let piece = state.pieces.removeFirst()
            state.buffered -= piece.count
            // Only when all is read, so that a slow reader does not wake the thread for every piece.
            let mustGoOn = state.isPaused && state.pieces.isEmpty
            if mustGoOn { state.isPaused = false }
            return .piece(piece, mustGoOn: mustGoOn)
        }
    }

    private func waitForMore() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if !state.pieces.isEmpty || state.isOver { return true }
                state.reader = continuation
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

// The thread's side.
extension Exchange {
    func begin(_ head: Head) {
        let waiter = state.withLock { state in
            state.head = head
            defer { state.headWaiter = nil }
            return state.headWaiter
        }
        waiter?.resume()
    }

    /// Takes bytes of the body; false when there is no room, then they are offered again.
    func offer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (isTaken, reader): (Bool, CheckedContinuation<Void, Never>?) = state.withLock { state in
            guard state.buffered < Self.bufferLimit else {
                state.isPaused = true
                return (false, nil)
            }
            // Small pieces become one, so that their number is bounded too.
            if let last = state.pieces.last, last.count + bytes.count <= Self.pieceSize {
                state.pieces[state.pieces.count - 1].append(contentsOf: bytes)
            } else {
                state.pieces.append(Array(bytes))
            }
            state.buffered += bytes.count
            defer { state.reader = nil }
            return (true, state.reader)
        }
        reader?.resume()
        return isTaken
    }

    /// Ends the exchange, well or with `failure`; only the first call counts.
    func finish(_ failure: (any Error)?) {
        let waiters = state.withLock { state in
            guard !state.isOver else { return [CheckedContinuation<Void, Never>]() }
            (state.isOver, state.failure) = (true, failure)
            defer { (state.headWaiter, state.reader) = (nil, nil) }
            return [state.headWaiter, state.reader].compactMap { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// The reader's hold on an exchange: letting go of it breaks the exchange off.
final class ExchangeReader: OutboundStreamSource {
    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    deinit { exchange.cancel() }

    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await exchange.next()
        } onCancel: {
            exchange.cancel()
        }
    }
}
