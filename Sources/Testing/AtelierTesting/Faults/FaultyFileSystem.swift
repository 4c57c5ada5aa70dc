import CFaultySQLite
import Concurrency
import Glibc

/// A file system beneath SQLite that fails where a test says so; else it is the machine's own.
///
/// `SQLiteDatabase(path:fileSystem:)` takes its ``name``. Every connection on it must be closed before it goes.
public final class FaultyFileSystem: Sendable {
    /// Its name within SQLite, unique in this process.
    public let name: String
    /// Everything that was let through.
    public let log = DiskLog()

    /// What is to happen instead of an operation; nil to let it happen.
    public typealias Script = @Sendable (FileRequest) -> FileFault?
    private struct State {
        var script: Script
        var count = 0
    }
    private let state: Locked<State>
    // Written once in `init` and read once in `deinit`: nobody else sees it.
    private nonisolated(unsafe) var layer: UnsafeMutablePointer<sqlite3_vfs>?
    private static let serial = Locked(0)

    /// Registers the file system.
    /// - Parameters:
    ///   - errorNumber: What the system is said to have reported with a failure; `EIO` unless given.
    ///   - script: Asked before each operation, in their order.
    public init(errorNumber: Int32? = nil, _ script: @escaping Script = { _ in nil }) throws {
        let number = Self.serial.withLock { serial in
            serial += 1
            return serial
        }
        name = "faulty-\(number)"
        state = Locked(State(script: script))
        let context = Unmanaged.passUnretained(self).toOpaque()
        layer = atelier_faulty_vfs_register(name, Self.question, context, errorNumber ?? EIO)
        guard layer != nil else { throw NoMemory() }
    }

    deinit { if let layer { atelier_faulty_vfs_remove(layer) } }

    /// How many operations were asked for so far.
    public var operationCount: Int { state.withLock { $0.count } }

    /// Replaces the script, and counts operations from 1 again.
    public func follow(_ script: @escaping Script) { state.withLock { $0 = State(script: script) } }

    private static let question: atelier_file_question = { context, operation, path, data, count, offset in
        guard let context, let operation = FileOperation(code: operation) else { return SQLITE_OK }
        let own = Unmanaged<FaultyFileSystem>.fromOpaque(context).takeUnretainedValue()
        let name = path.map { String(cString: $0) }?.split(separator: "/").last.map(String.init) ?? ""
        let bytes = data.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: Int(count))) }
        return own.answer(operation, name, bytes ?? [], count: Int(count), offset: Int(offset))
    }

    private func answer(
        _ operation: FileOperation, _ file: String, _ bytes: [UInt8], count: Int, offset: Int
    ) -> Int32 {
        let (script, number) = state.withLock { state in
            state.count += 1
            return (state.script, state.count)
        }
        let request = FileRequest(
            number: number, operation: operation, file: file, byteCount: count, offset: offset)
        if let fault = script(request) { return fault.code(of: operation) }
        log.record(operation, file, bytes, count: count, offset: offset)
        return SQLITE_OK
    }

    private struct NoMemory: Error {}
}

/// What SQLite asks of a file system.
public enum FileOperation: Sendable, CaseIterable {
    case open, read, write, truncate, sync, lock, sharedMemory, delete

    /// Whether it changes what is on the disk.
    public var isChange: Bool {
        switch self {
        case .write, .truncate, .sync, .delete: true
        case .open, .read, .lock, .sharedMemory: false
        }
    }

    init?(code: Int32) {
        switch atelier_file_operation(UInt32(bitPattern: code)) {
        case ATELIER_FILE_OPEN: self = .open
        case ATELIER_FILE_READ: self = .read
        case ATELIER_FILE_WRITE: self = .write
        case ATELIER_FILE_TRUNCATE: self = .truncate
        case ATELIER_FILE_SYNC: self = .sync
        case ATELIER_FILE_LOCK: self = .lock
        case ATELIER_FILE_SHARED_MEMORY: self = .sharedMemory
        case ATELIER_FILE_DELETE: self = .delete
        default: return nil
        }
    }
}

/// One operation that SQLite is about to do.
public struct FileRequest: Sendable {
    /// Which one it is since the script began, from 1.
    public let number: Int
    /// What it does.
    public let operation: FileOperation
    /// The file's name without its folder: `atelier.db-wal`.
    public let file: String
    /// How many bytes are read or written.
    public let byteCount: Int
    /// Where in the file; for truncations the new size.
    public let offset: Int
}

/// How an operation fails.
public enum FileFault: Sendable {
    /// The device reports an error.
    case broken
    /// The device reports an error after half of a write.
    case torn
    /// There is no room.
    case full
    /// Another program holds the file.
    case locked

    func code(of operation: FileOperation) -> Int32 {
        switch self {
        case .full: return operation == .sharedMemory ? Self.sharedMemorySize : SQLITE_FULL
        case .locked: return SQLITE_BUSY
        case .torn: return Self.broken.code(of: operation) | ATELIER_AFTER_HALF
        case .broken:
            return operation == .open ? SQLITE_CANTOPEN : SQLITE_IOERR | (Self.extension(of: operation) << 8)
        }
    }

    /// What extends SQLITE_IOERR: those macros are expressions, which Swift does not import.
    private static func `extension`(of operation: FileOperation) -> Int32 {
        switch operation {
        case .open: 0
        case .read: 1
        case .write: 3
        case .sync: 4
        case .truncate: 6
        case .delete: 10
        case .lock: 15
        case .sharedMemory: 21
        }
    }

    /// SQLITE_IOERR_SHMSIZE.
    private static let sharedMemorySize = SQLITE_IOERR | (19 << 8)
}
