import Concurrency
import HTTPClient

/// A request's body on its way to the thread that sends it.
///
/// Bytes in memory can be sent again from their start; of a stream one piece at a time is held, and its source is asked
/// for the next when that is taken.
final class BodyFeed: Sendable {
    enum Taken {
        case bytes(Int)
        /// The source is asked; the thread hears when something is there.
        case nothing
        case end
        case failed(String)
    }

    private struct State {
        var piece: [UInt8] = []
        var offset = 0
        var sent = 0
        var hasEnded = false
        var failure: String?
        var taken: CheckedContinuation<Void, Never>?
        var isOver = false
        var pump: Task<Void, Never>?
    }

    /// Bytes in all, where it is known.
    let length: Int?
    private let isStream: Bool
    private let state: Locked<State>

    /// Nil when the request has no body.
    /// - Parameter announce: Tells the thread that there is more.
    init?(_ body: OutboundBody, announce: @escaping @Sendable () -> Void) {
        switch body {
        case .none: return nil
        case .bytes(let bytes):
            (length, isStream) = (bytes.count, false)
            state = Locked(State(piece: bytes, hasEnded: true))
        case .stream(let length, let next):
            (self.length, isStream) = (length, true)
            state = Locked(State())
            // Ends with the body, or with `finish`, which is called when the exchange is over.
            let task = Task { [self] in await pump(next, announce) }
            state.withLock { $0.pump = task }
        }
    }

    private func pump(
        _ next: @Sendable () async throws -> [UInt8]?, _ announce: @Sendable () -> Void
    ) async {
        do {
            while !Task.isCancelled, let piece = try await next() {
                guard !piece.isEmpty else { continue }
                await put(piece, announce)
            }
            state.withLock { $0.hasEnded = true }
        } catch {
            state.withLock { $0.failure = String(describing: error) }
        }
        announce()
    }

    /// Waits until `piece` is taken.
    private func put(_ piece: [UInt8], _ announce: () -> Void) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isOver { return true }
                (state.piece, state.offset, state.taken) = (piece, 0, continuation)
                return false
            }
            if isOver { continuation.resume() } else { announce() }
        }
    }

    /// Copies what there is into `buffer`.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Taken {
        let (result, waiter): (Taken, CheckedContinuation<Void, Never>?) = state.withLock { state in
            if let failure = state.failure { return (.failed(failure), nil) }
            let count = min(buffer.count, state.piece.count - state.offset)
            guard count > 0 else { return (state.hasEnded ? ending(state) : .nothing, nil) }
            if let length, state.sent + count > length { return (.failed("it is longer than announced"), nil) }
            state.piece.withUnsafeBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[state.offset..<state.offset + count]))
            }
            state.offset += count
            state.sent += count
            guard state.offset == state.piece.count else { return (.bytes(count), nil) }
            defer { state.taken = nil }
            return (.bytes(count), state.taken)
        }
        waiter?.resume()
        return result
    }

    private func ending(_ state: State) -> Taken {
        if let length, state.sent < length { return .failed("it is shorter than announced") }
        return .end
    }

    /// Goes back to the start; false where that cannot be.
    func rewind() -> Bool {
        guard !isStream else { return state.withLock { $0.sent == 0 } }
        state.withLock { ($0.offset, $0.sent) = (0, 0) }
        return true
    }

    /// Nobody takes any more.
    func finish() {
        let (waiter, pump) = state.withLock { state in
            state.isOver = true
            defer { (state.taken, state.pump) = (nil, nil) }
            return (state.taken, state.pump)
        }
        pump?.cancel()
        waiter?.resume()
    }
}
