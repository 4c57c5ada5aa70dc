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

/// Keeps what a streamed response writes.
final class FakeWriter: ResponseWriter {
    private let bytes = Locked<[UInt8]>([])
    private let failsAfter: Int?

    /// - Parameter failsAfter: How many writes succeed before the client is gone.
    init(failsAfter: Int? = nil) { self.failsAfter = failsAfter }

    private let count = Locked(0)
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func write(_ more: [UInt8]) async throws(RequestBodyError) {
        let index = count.withLock { count in
            count += 1
            return count
        }
        if let failsAfter, index > failsAfter { throw .disconnected }
        bytes.withLock { $0 += more }
    }
}
