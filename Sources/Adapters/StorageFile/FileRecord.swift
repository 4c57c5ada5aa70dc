import CLinux
import Glibc
import Storage

/// What is recorded beside a file's bytes, in its extended attributes.
struct FileRecord: Sendable {
    let sha256: String
    let mediaType: String
    let byteCount: Int

    init(sha256: String, mediaType: String, byteCount: Int) {
        self.sha256 = sha256
        self.mediaType = mediaType
        self.byteCount = byteCount
    }

    init(_ asset: Asset) {
        self.init(sha256: asset.sha256, mediaType: asset.mediaType, byteCount: asset.byteCount)
    }

    /// Reads the record of `file`; nil when it has none, or none that makes sense.
    init?(of file: borrowing Descriptor) {
        guard let sha256 = Self.attribute("sha256", of: file), sha256.utf8.count == 64,
            let byteCount = Self.attribute("byte_count", of: file).flatMap({ Int($0) }),
            let mediaType = Self.attribute("media_type", of: file)
        else { return nil }
        self.init(sha256: sha256, mediaType: mediaType, byteCount: byteCount)
    }

    /// Writes it; on a file system without such attributes nothing is written, and it is worked out when asked for.
    func write(to file: borrowing Descriptor) throws(StorageError) {
        for (name, value) in [("sha256", sha256), ("media_type", mediaType), ("byte_count", String(byteCount))] {
            let bytes = Array(value.utf8)
            if fsetxattr(file.number, "user.atelier." + name, bytes, bytes.count, 0) == 0 { continue }
            if errno == ENOTSUP { return }
            throw StorageError(errno: errno)
        }
    }

    /// The attribute's text, when it is printable ASCII: it ends up in response headers.
    private static func attribute(_ name: String, of file: borrowing Descriptor) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fgetxattr(file.number, "user.atelier." + name, &bytes, bytes.count)
        guard count > 0, bytes[..<count].allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
