import Concurrency

/// What was done to a disk, in its order, so that a test can ask what a power cut at any moment would have left.
public final class DiskLog: Sendable {
    /// One change of the disk, or a word that somebody was told.
    public enum Entry: Sendable {
        case open(file: String)
        case write(file: String, bytes: [UInt8], offset: Int)
        case truncate(file: String, size: Int)
        case sync(file: String)
        case delete(file: String, isDurable: Bool)
        /// Somebody was told that his work is done; what he is called is up to the test.
        case acknowledgement(Int)
    }

    private let state = Locked<[Entry]>([])

    /// Creates an empty log.
    public init() {}

    /// Everything so far.
    public var entries: [Entry] { state.withLock { $0 } }

    /// Who was told so far that his work is done.
    public var acknowledged: Set<Int> {
        Set(entries.compactMap { if case .acknowledgement(let number) = $0 { number } else { nil } })
    }

    /// Notes that somebody was told that his work is done.
    public func acknowledge(_ number: Int) { state.withLock { $0.append(.acknowledgement(number)) } }

    func record(_ operation: FileOperation, _ file: String, _ bytes: [UInt8], count: Int, offset: Int) {
        let entry: Entry
        switch operation {
        case .open: entry = .open(file: file)
        case .write: entry = .write(file: file, bytes: bytes, offset: offset)
        case .truncate: entry = .truncate(file: file, size: offset)
        case .sync: entry = .sync(file: file)
        case .delete: entry = .delete(file: file, isDurable: count != 0)
        case .read, .lock, .sharedMemory: return
        }
        state.withLock { $0.append(entry) }
    }
}
