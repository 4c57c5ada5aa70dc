import Concurrency
import Cryptography
import Glibc
import Storage

/// Says what a stored file holds: by its record, or by reading it.
final class FileInspector: Sendable {
    /// One state of one file: it changes when the file is written to.
    private struct Version: Hashable {
        let device: UInt
        let node: UInt
        let byteCount: Int
        let modified: [Int]
    }
    private static let limit = 4096
    // Without it a file that has no record is read whole for every request.
    private let known = Locked<[Version: FileRecord]>([:])

    func asset(of file: borrowing Descriptor, _ key: StorageKey) throws(StorageError) -> Asset {
        let information = try file.information()
        if let record = FileRecord(of: file) {
            guard record.byteCount == Int(information.st_size) else { throw .corrupt(key.description) }
            return Asset(record, key)
        }
        let version = Version(
            device: UInt(information.st_dev), node: UInt(information.st_ino), byteCount: Int(information.st_size),
            modified: [
                information.st_mtim.tv_sec, information.st_mtim.tv_nsec, information.st_ctim.tv_sec,
                information.st_ctim.tv_nsec,
            ])
        if let record = known.withLock({ $0[version] }) { return Asset(record, key) }
        let record = try read(file)
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[version] = record
        }
        return Asset(record, key)
    }

    /// Reads everything, and compares it with the record where there is one.
    func verifiedAsset(of file: borrowing Descriptor, _ key: StorageKey) throws(StorageError) -> Asset {
        let found = try read(file)
        guard let record = FileRecord(of: file) else { return Asset(found, key) }
        guard record.sha256 == found.sha256, record.byteCount == found.byteCount else {
            throw .corrupt(key.description)
        }
        return Asset(record, key)
    }

    private func read(_ file: borrowing Descriptor) throws(StorageError) -> FileRecord {
        var hash = SHA256()
        var start: [UInt8] = []
        let byteCount = try file.forEachPiece { piece in
            if start.isEmpty { start = Array(piece.prefix(16)) }
            hash.update(piece)
        }
        return FileRecord(
            sha256: hash.finalize().hex, mediaType: MediaType.detected(from: start), byteCount: byteCount)
    }
}

extension Asset {
    fileprivate init(_ record: FileRecord, _ key: StorageKey) {
        self.init(key: key, sha256: record.sha256, mediaType: record.mediaType, byteCount: record.byteCount)
    }
}
