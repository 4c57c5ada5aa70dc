import Web

/// A request body on its way from the library's thread to the handler: a bounded queue, as a plain value.
///
/// Two traps it avoids. A piece is taken whole or not at all (one may overshoot): taking what fits cuts the stream
/// into ever smaller pieces until a slow reader stands still. And consumed pieces leave the queue at once: one that
/// never quite empties would otherwise keep the whole upload.
struct InboundBytes {
    enum Taken { case piece([UInt8]), end, failed(RequestBodyError), nothingYet }

    /// Bytes that may wait before the client has to.
    static let highWater = 256 << 10

    /// Bytes received from the client so far, read or not.
    private(set) var received = 0
    private(set) var isEnded = false
    private var pieces: [[UInt8]] = []
    private var head = 0
    private var buffered = 0
    private var failure: RequestBodyError?
    private var readers: [CheckedContinuation<Void, Never>] = []

    /// Adds a piece; false when the queue is full and the piece has to be offered again.
    mutating func offer(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Bool {
        guard failure == nil, buffered < Self.highWater else { return false }
        received += bytes.count
        if received > limit {
            fail(.tooLarge(limit: limit))
        } else {
            pieces.append(Array(bytes))
            buffered += bytes.count
        }
        return true
    }

    /// Counts bytes that nobody will read.
    mutating func skip(_ count: Int) { received += count }

    mutating func end() { isEnded = true }

    /// What was not read yet is dropped; the reader gets `error`, unless the body was already complete.
    mutating func fail(_ error: RequestBodyError) {
        guard failure == nil, !isEnded else { return }
        failure = error
        pieces = []
        head = 0
        buffered = 0
    }

    /// Whether the client may send on: half empty, so that it is not stopped and started for every piece.
    var hasRoom: Bool { buffered <= Self.highWater / 2 }

    mutating func take() -> Taken {
        if let failure { return .failed(failure) }
        guard head < pieces.count else { return isEnded ? .end : .nothingYet }
        let piece = pieces[head]
        pieces[head] = []
        head += 1
        buffered -= piece.count
        if head == pieces.count || head >= 32 {
            pieces.removeFirst(head)
            head = 0
        }
        return .piece(piece)
    }

    /// Whether ``take()`` would return something other than `nothingYet`.
    var isReadable: Bool { failure != nil || isEnded || head < pieces.count }

    mutating func wait(_ reader: CheckedContinuation<Void, Never>) { readers.append(reader) }

    /// Those to be woken, outside the lock: all once there is something to read.
    mutating func takeReaders(evenForNothing: Bool = false) -> [CheckedContinuation<Void, Never>] {
        guard evenForNothing || isReadable else { return [] }
        defer { readers = [] }
        return readers
    }
}
