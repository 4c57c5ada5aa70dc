import Glibc

/// An image file from anywhere: untrusted bytes whose name and declared type count for nothing.
public enum ImageFile: Sendable {
    /// A file of this machine. The caller answers for where the path leads; only regular files are read.
    case path(String)
    /// The whole file in memory.
    case bytes([UInt8])
}

extension ImageFile {
    /// Brings the file into memory, refusing one that is too long before it is read.
    func load(limits: ImageLimits, in library: VipsLibrary) throws(ImageError) -> VipsBlob {
        switch self {
        case .bytes(let bytes):
            try limits.check(byteCount: bytes.count)
            return try VipsBlob(bytes, in: library)
        case .path(let path):
            // Without O_NONBLOCK a named pipe in the place of the file would hold the thread for ever.
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw .unreadableFile }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .unreadableFile }
            try limits.check(byteCount: Int(status.st_size))
            return try VipsBlob(reading: Int(status.st_size), from: descriptor, in: library)
        }
    }
}
