/// Objects by key: files on disk here, a bucket elsewhere.
public protocol ObjectStore: Sendable {
    /// Stores what `source` yields under `key`, replacing what was there, and returns what was stored.
    ///
    /// The object appears whole or not at all, also across a crash, and is durable on return.
    /// - Throws: ``StorageError``, or what `source` throws; nothing remains then.
    func put(_ source: ObjectSource, at key: StorageKey, mediaType: String) async throws -> Asset

    /// What is stored under `key`.
    /// - Throws: ``StorageError/notFound(_:)`` when there is nothing.
    func describe(_ key: StorageKey) async throws -> Asset

    /// Gives `body` a local file with the object's bytes, valid only inside it.
    ///
    /// A store of files hands out its own file, another downloads into a scratch file. `body` only reads.
    func withLocalFile<Value: Sendable>(
        of key: StorageKey, _ body: @Sendable (LocalFile) async throws -> Value
    ) async throws -> Value

    /// Opens the object for streaming to a client.
    func open(_ key: StorageKey) async throws -> LocalFile

    /// Removes the object; nothing there is fine too.
    func delete(_ key: StorageKey) async throws

    /// Removes every object whose key begins with `prefix` followed by `/`.
    /// - Returns: How many there were.
    @discardableResult
    func deleteAll(under prefix: StorageKey) async throws -> Int

    /// How much is stored, for metrics; may be a few minutes old.
    func usage() async -> StorageUsage
}

/// Where an object's bytes come from.
public enum ObjectSource: Sendable {
    case bytes([UInt8])
    /// A file by path, which is moved when it lies on the store's file system and `moving` allows it, else copied.
    case file(path: String, moving: Bool)
    /// Pieces until nil.
    case stream(@Sendable () async throws -> [UInt8]?)
}

/// An open file, positioned at its start.
///
/// The descriptor is closed with the last reference.
public final class LocalFile: Sendable {
    /// The descriptor, readable.
    public let descriptor: Int32
    /// Where the file lies, for libraries that want a path; nil when it has no name.
    public let path: String?
    /// What it holds.
    public let asset: Asset
    private let onClose: @Sendable (Int32) -> Void

    /// Takes over `descriptor`; `onClose` must close it.
    public init(descriptor: Int32, path: String?, asset: Asset, onClose: @escaping @Sendable (Int32) -> Void) {
        self.descriptor = descriptor
        self.path = path
        self.asset = asset
        self.onClose = onClose
    }
    deinit { onClose(descriptor) }
}

/// A stored object, as it travels between activities: a reference, never the bytes.
public struct Asset: Codable, Sendable, Equatable {
    /// Where it is.
    public let key: StorageKey
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    public let sha256: String
    /// Its media type: `image/jpeg`.
    public let mediaType: String
    /// Its size in bytes.
    public let byteCount: Int

    /// Creates a reference.
    public init(key: StorageKey, sha256: String, mediaType: String, byteCount: Int) {
        self.key = key
        self.sha256 = sha256
        self.mediaType = mediaType
        self.byteCount = byteCount
    }
}

/// How much a store holds.
public struct StorageUsage: Sendable {
    /// Bytes in objects.
    public var bytes: Int
    /// Objects.
    public var objects: Int
    /// Bytes free where the objects lie, if known.
    public var freeBytes: Int?

    /// Creates a figure.
    public init(bytes: Int, objects: Int, freeBytes: Int?) {
        self.bytes = bytes
        self.objects = objects
        self.freeBytes = freeBytes
    }
}
