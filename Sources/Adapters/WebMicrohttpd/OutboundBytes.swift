import Glibc

/// A streamed answer on its way from the handler to the library's thread: a bounded queue, as a plain value.
struct OutboundBytes {
    enum Pulled { case bytes(Int), end, failed, nothingYet }

    /// Bytes that may wait before the producer has to.
    static let highWater = 128 << 10

    private(set) var isEnded = false
    private(set) var isFailed = false
    private var pieces: [[UInt8]] = []
    private var head = 0
    private var headOffset = 0
    private var buffered = 0
    private var writers: [CheckedContinuation<Void, Never>] = []

    /// Whether a producer may go on.
    var isOpen: Bool { !isEnded && !isFailed }

    /// Whether a producer that has just written should wait.
    var isFull: Bool { buffered > Self.highWater }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        pieces.append(bytes)
        buffered += bytes.count
    }

    /// Nothing more will come; what is queued is still sent.
    mutating func end() { isEnded = true }

    /// The answer cannot be completed: the connection has to be closed to show it.
    mutating func fail() {
        isFailed = true
        pieces = []
        head = 0
        buffered = 0
    }

    /// Moves up to `capacity` bytes to `destination`.
    mutating func pull(into destination: UnsafeMutableRawPointer, capacity: Int) -> Pulled {
        if isFailed { return .failed }
        var count = 0
        while count < capacity, head < pieces.count {
            let length = min(pieces[head].count - headOffset, capacity - count)
            pieces[head].withUnsafeBytes { source in
                if let start = source.baseAddress { memcpy(destination + count, start + headOffset, length) }
            }
            count += length
            headOffset += length
            if headOffset == pieces[head].count { dropHead() }
        }
        buffered -= count
        return count > 0 ? .bytes(count) : isEnded ? .end : .nothingYet
    }

    // Sent pieces leave at once: a queue that never quite empties would otherwise keep all that went through it.
    private mutating func dropHead() {
        pieces[head] = []
        headOffset = 0
        head += 1
        if head == pieces.count || head >= 32 {
            pieces.removeFirst(head)
            head = 0
        }
    }

    mutating func wait(_ writer: CheckedContinuation<Void, Never>) { writers.append(writer) }

    /// Those to be woken, outside the lock: all when the stream is over, else once the queue is half empty.
    mutating func takeWriters(evenIfFull: Bool = false) -> [CheckedContinuation<Void, Never>] {
        guard evenIfFull || !isOpen || buffered <= Self.highWater / 2 else { return [] }
        defer { writers = [] }
        return writers
    }
}
