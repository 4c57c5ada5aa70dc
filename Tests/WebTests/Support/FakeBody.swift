import Concurrency
import Web

/// A request body in memory that counts how often it was asked for.
final class FakeBody: RequestBody {
    let announcedLength: Int?
    private let pieces: Locked<[[UInt8]]>
    private let failure: RequestBodyError?
    private let reads = Locked(0)

    var readCount: Int { reads.withLock { $0 } }

    init(_ pieces: [[UInt8]] = [], announced: Int? = nil, failure: RequestBodyError? = nil) {
        announcedLength = announced
        self.failure = failure
        self.pieces = Locked(pieces)
    }

    convenience init(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.isEmpty ? [] : [bytes], announced: bytes.count)
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        reads.withLock { $0 += 1 }
        if let piece = pieces.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return piece }
        if let failure { throw failure }
        return nil
    }

    func multipart(limits: MultipartLimits, spoolingTo folder: String) async throws(RequestBodyError) -> [SpooledPart] {
        throw .unsupported("this body has no parts")
    }
}

/// A file that is only a number.
final class FakeFile: ResponseFile {
    let descriptor: Int32 = -1
}

/// Hands on what a streamed response writes.
final class FakeWriter: ResponseWriter {
    /// Each write as text, for one reader.
    let writes: AsyncStream<String>
    private let feed: AsyncStream<String>.Continuation
    private let left: Locked<Int>

    /// - Parameter patience: How many writes succeed before the client is gone.
    init(patience: Int = .max) {
        (writes, feed) = AsyncStream.makeStream()
        left = Locked(patience)
    }

    func write(_ bytes: [UInt8]) async throws(RequestBodyError) {
        let isHere = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isHere else { throw .disconnected }
        feed.yield(String(decoding: bytes, as: UTF8.self))
    }

    /// The next `count` writes.
    func next(_ count: Int) async -> [String] {
        var texts: [String] = []
        for await text in writes.prefix(count) { texts.append(text) }
        return texts
    }
}
