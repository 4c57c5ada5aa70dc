import Glibc

/// An image file from anywhere: untrusted bytes whose name and declared type count for nothing.
public enum ImageFile: Sendable {
    /// A file of this machine. The caller answers for where the path leads; only regular files are read.
    case path(String)
    /// The whole file in memory.
    case bytes([UInt8])
}

/// A file brought into memory, in full or its beginning.
struct LoadedFile {
    let blob: VipsBlob
    /// The length of the whole file.
    let byteCount: Int

    var isWhole: Bool { blob.count == byteCount }
}

extension ImageFile {
    /// Brings at most `prefix` bytes of the file into memory, refusing a file that is too long before it is read.
    func load(
        upTo prefix: Int = .max, limits: ImageLimits, in library: VipsLibrary
    ) throws(ImageError) -> LoadedFile {
        switch self {
        case .bytes(let bytes):
            try limits.check(byteCount: bytes.count)
            return try LoadedFile(blob: VipsBlob(bytes, in: library), byteCount: bytes.count)
        case .path(let path):
            // Without O_NONBLOCK a named pipe in the place of the file would hold the thread for ever.
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw .unreadableFile }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .unreadableFile }
            let count = Int(status.st_size)
            try limits.check(byteCount: count)
            return try LoadedFile(
                blob: VipsBlob(reading: min(count, prefix), from: descriptor, in: library), byteCount: count)
        }
    }
}
