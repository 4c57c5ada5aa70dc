import Concurrency
import Glibc

/// A new file that takes the content of a body piece by piece.
///
/// Nobody else's file is ever opened: the name is random and the file must not exist yet. Only the program's own user
/// may read it. Every call blocks: use it on ``threads``.
final class SpoolFile: Sendable {
    /// Where blocking writes run, so that a slow disk never stalls the threads that serve requests.
    static let threads = WorkerThreads(name: "spool", count: 2)

    /// Where the file is.
    let path: String
    private let descriptor: Int32
    private let written = Locked(0)

    /// Creates an empty file in `folder`.
    /// - Throws: ``RequestBodyError/noRoom`` when the file system takes no new file.
    convenience init(in folder: String) throws(RequestBodyError) {
        var generator = SystemRandomNumberGenerator()
        let name = String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
        try self.init(path: "\(folder)/spool-\(name)", flags: O_CREAT | O_EXCL)
    }

    /// Opens `path`; without flags it has to exist, which is for tests with a device that is always full.
    init(path: String, flags: Int32 = 0) throws(RequestBodyError) {
        self.path = path
        descriptor = open(path, flags | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .noRoom }
    }

    deinit { close(descriptor) }

    /// Bytes written so far.
    var byteCount: Int { written.withLock { $0 } }

    /// Adds `bytes` at the end.
    /// - Throws: ``RequestBodyError/noRoom`` when not all of them could be written.
    func append(_ bytes: UnsafeRawBufferPointer) throws(RequestBodyError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = write(descriptor, start, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .noRoom }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        written.withLock { $0 += bytes.count }
    }

    /// Removes the file; bytes still written to it are lost.
    func remove() { unlink(path) }
}

extension SpooledPart {
    /// Removes the file, if it is still there.
    public func remove() { unlink(path) }
}
