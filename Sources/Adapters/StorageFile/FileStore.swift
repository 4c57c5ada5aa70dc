public import Concurrency
import Cryptography
import Glibc
public import Storage

/// Objects as plain files below one folder, under their keys' names.
///
/// A file appears by a rename once it is whole and on the disk, so that neither a crash nor a full disk leaves half of
/// one. Every path is walked without following a symbolic link, whoever put it there. Checksum, size and media type
/// lie beside the bytes in extended attributes; for files that people put there themselves, and on file systems that
/// have none, they are worked out when asked for.
public final class FileStore: ObjectStore {
    private let root: StoreRoot
    private let threads: WorkerThreads
    private let inspector = FileInspector()
    private let usageMeter: UsageMeter

    /// Opens the store at `path`, makes its folder when it is missing, and clears away what a crash left half-written
    /// more than an hour ago.
    /// - Parameter threads: How many files are read or written at once.
    /// - Throws: ``Storage/StorageError/unavailable(_:)`` when the folder cannot be used.
    public convenience init(root path: String, threads: Int = 4, clock: any WallClock = SystemClock()) async throws {
        try await self.init(root: path, threads: threads, clock: clock, walksAlways: false)
    }

    init(root path: String, threads: Int, clock: any WallClock, walksAlways: Bool) async throws {
        let threads = WorkerThreads(name: "files", count: threads)
        self.threads = threads
        root = try await threads.run { () throws(StorageError) in
            let root = try StoreRoot(path: path, walksAlways: walksAlways)
            try IncomingFile.removeLeftovers(in: root, now: clock.now)
            return root
        }
        usageMeter = UsageMeter(clock: clock)
    }

    /// Stores what `source` yields; pieces of a stream go to the disk one by one.
    public func put(_ source: ObjectSource, at key: StorageKey, mediaType: String) async throws -> Asset {
        // The whole of it prefers the store's threads, so that writing between two pieces blocks none of Swift's.
        try await withTaskExecutorPreference(threads) {
            var file = try receiver(of: source)
            switch source {
            case .bytes(let bytes): try file.append(bytes)
            case .file(let path, _): try file.fill(from: path)
            case .stream(let next): while let piece = try await next() { try file.append(piece) }
            }
            try Task.checkCancellation()
            let (asset, replaced) = try file.publish(as: key, mediaType: mediaType)
            usageMeter.add(bytes: asset.byteCount - (replaced ?? 0), objects: replaced == nil ? 1 : 0)
            if case .file(let path, moving: true) = source { unlink(path) }
            return asset
        }
    }

    private func receiver(of source: ObjectSource) throws(StorageError) -> IncomingFile {
        if case .file(let path, moving: true) = source, let file = try IncomingFile.adopting(path, in: root) {
            return file
        }
        return try IncomingFile(in: root)
    }

    /// What is stored under `key`; its checksum is computed when none was recorded.
    public func describe(_ key: StorageKey) async throws -> Asset {
        try await threads.run { [root, inspector] () throws(StorageError) in
            try inspector.asset(of: root.openFile(key), key)
        }
    }

    /// Opens the object for reading.
    /// - Throws: ``Storage/StorageError/corrupt(_:)`` when its size is not the one that was stored.
    public func open(_ key: StorageKey) async throws -> LocalFile {
        try await threads.run { [root, inspector] () throws(StorageError) in
            let file = try root.openFile(key)
            let asset = try inspector.asset(of: file, key)
            let path = root.path(of: file, key)
            return LocalFile(descriptor: file.release(), path: path, asset: asset) { close($0) }
        }
    }

    /// Gives `body` the stored file itself.
    public func withLocalFile<Value: Sendable>(
        of key: StorageKey, _ body: @Sendable (LocalFile) async throws -> Value
    ) async throws -> Value {
        try await body(open(key))
    }

    /// Reads the whole object and compares it with the checksum that was recorded when it was stored.
    /// - Returns: What is there.
    /// - Throws: ``Storage/StorageError/corrupt(_:)`` when a single bit differs.
    @discardableResult
    public func verify(_ key: StorageKey) async throws -> Asset {
        try await threads.run { [root, inspector] () throws(StorageError) in
            try inspector.verifiedAsset(of: root.openFile(key), key)
        }
    }

    /// Removes the object, and folders that are empty then.
    public func delete(_ key: StorageKey) async throws {
        let removed = try await threads.run { [root] () throws(StorageError) in try root.remove(key) }
        if let removed { usageMeter.add(bytes: -removed, objects: -1) }
    }

    /// Removes everything below `prefix`; symbolic links go, and what they point to stays.
    @discardableResult
    public func deleteAll(under prefix: StorageKey) async throws -> Int {
        let removed = try await threads.run { [root] () throws(StorageError) in try root.removeAll(under: prefix) }
        usageMeter.add(bytes: -removed.bytes, objects: -removed.objects)
        return removed.objects
    }

    /// How much is stored: counted anew at most once a minute, and kept up to date between.
    public func usage() async -> StorageUsage {
        let amount = await usageMeter.amount { [root, threads] in await threads.run { root.count() } }
        let freeBytes = await threads.run { [root] in root.freeBytes }
        return StorageUsage(bytes: amount.bytes, objects: amount.objects, freeBytes: freeBytes)
    }
}
