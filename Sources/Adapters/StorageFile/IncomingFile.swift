import Cryptography
import FoundationEssentials
import Glibc
import Storage

/// A file on its way into the store: invisible until it is published, gone if it never is.
struct IncomingFile: ~Copyable {
    private let root: StoreRoot
    private let folder: Descriptor
    private let name: String
    private let file: Descriptor
    private let isAdopted: Bool
    private var hash = SHA256()
    private var byteCount = 0
    private var isPublished = false

    private init(
        _ root: StoreRoot, _ folder: consuming Descriptor, _ name: String, _ file: consuming Descriptor, isAdopted: Bool
    ) {
        self.root = root
        self.folder = folder
        self.name = name
        self.file = file
        self.isAdopted = isAdopted
    }

    /// Begins an empty file.
    init(in root: StoreRoot) throws(StorageError) {
        let folder = try root.openIncoming()
        let name = Hex.encode(randomBytes(16))
        let number = openat(folder.number, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw StorageError(errno: errno) }
        self.init(root, folder, name, Descriptor(number), isAdopted: false)
    }

    /// Takes the file at `path` over by a rename; nil when it lies on another file system.
    static func adopting(_ path: String, in root: StoreRoot) throws(StorageError) -> IncomingFile? {
        let folder = try root.openIncoming()
        let name = Hex.encode(randomBytes(16))
        guard renameat(AT_FDCWD, path, folder.number, name) == 0 else {
            if errno == EXDEV { return nil }
            throw errno == ENOENT ? .unavailable("the file to store is gone") : StorageError(errno: errno)
        }
        let number = openat(folder.number, name, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else {
            let code = errno
            unlinkat(folder.number, name, 0)
            throw code == ELOOP ? .escapes("the file to store") : StorageError(errno: code)
        }
        let adopted = IncomingFile(root, folder, name, Descriptor(number), isAdopted: true)
        guard try adopted.file.information().isFile else { throw .escapes("the file to store") }
        return adopted
    }

    deinit {
        if !isPublished { unlinkat(folder.number, name, 0) }
    }

    /// Writes a piece at the end.
    mutating func append(_ piece: [UInt8]) throws(StorageError) {
        let failure = piece.withUnsafeBytes { bytes in writeAll(bytes) }
        if let failure { throw failure }
    }

    private mutating func writeAll(_ bytes: UnsafeRawBufferPointer) -> StorageError? {
        hash.update(bytes)
        byteCount += bytes.count
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(file.number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return StorageError(errno: errno) }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    /// Copies the file at `path`; an adopted one is only read for its checksum.
    mutating func fill(from path: String) throws(StorageError) {
        if isAdopted {
            var hash = SHA256()
            byteCount = try file.forEachPiece { hash.update($0) }
            self.hash = hash
            return
        }
        let number = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else {
            throw errno == ELOOP ? .escapes("the file to store") : StorageError(errno: errno)
        }
        let source = Descriptor(number)
        guard try source.information().isFile else { throw .escapes("the file to store") }
        var failure: StorageError?
        _ = try source.forEachPiece { if failure == nil { failure = writeAll($0) } }
        if let failure { throw failure }
    }

    /// Makes the file durable and lets it appear as `key` in one step.
    /// - Returns: What was stored, and the size of what it replaced.
    mutating func publish(
        as key: StorageKey, mediaType: String
    ) throws(StorageError) -> (asset: Asset, replaced: Int?) {
        let asset = Asset(key: key, sha256: hash.finalize().hex, mediaType: mediaType, byteCount: byteCount)
        guard fchmod(file.number, 0o640) == 0 else { throw StorageError(errno: errno) }
        try FileRecord(asset).write(to: file)
        guard fsync(file.number) == 0 else { throw StorageError(errno: errno) }
        for _ in 0..<16 {
            guard let parent = try parentUnlessRemoved(of: key) else { continue }
            let previous = root.status(of: key.fileName, in: parent)
            // The rename would replace a link rather than follow it; still, somebody is at work there.
            if previous?.isLink == true { throw .escapes(key.description) }
            if renameat(folder.number, name, parent.number, key.fileName) == 0 {
                isPublished = true
                guard fsync(parent.number) == 0 else { throw StorageError(errno: errno) }
                return (asset, previous.map { Int($0.st_size) })
            }
            switch errno {
            // Somebody removed the folder, empty until now, since it was opened.
            case ENOENT: continue
            case EISDIR, ENOTEMPTY, EEXIST: throw .invalidKey("there are objects below \(key); give another key")
            default: throw StorageError(errno: errno)
            }
        }
        throw .unavailable("the folder is removed again and again")
    }

    /// The folder for `key`; nil when somebody removed it while it was made.
    private func parentUnlessRemoved(of key: StorageKey) throws(StorageError) -> Descriptor? {
        do throws(StorageError) { return try root.openParent(of: key, creating: true) } catch {
            guard case .notFound = error else { throw error }
            return nil
        }
    }

    /// Removes what programs that died left half-written more than an hour before `now`.
    static func removeLeftovers(in root: StoreRoot, now: Date) throws(StorageError) {
        let limit = Int(now.timeIntervalSince1970) - 3600
        let folder = try root.openIncoming()
        for name in try folder.names() {
            if let status = root.status(of: name, in: folder), status.st_mtim.tv_sec < limit {
                unlinkat(folder.number, name, 0)
            }
        }
    }
}

extension Descriptor {
    /// Reads the file from its start, 256 kB at a time, without moving its position.
    /// - Returns: How many bytes there were.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(StorageError) -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let count = pread(number, buffer.baseAddress, buffer.count, offset)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StorageError(errno: errno) }
            if count == 0 { return offset }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += count
        }
    }
}
