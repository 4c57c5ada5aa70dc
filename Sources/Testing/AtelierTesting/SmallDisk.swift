import Glibc

/// A file system of a few megabytes, to see what a full disk does; it is unmounted with the last reference.
public final class SmallDisk: Sendable {
    private let folder: TemporaryFolder

    /// Where it is mounted.
    public let path: String

    /// Whether this process may mount one, which takes an administrator's rights.
    public static let isPossible: Bool = {
        // A refusal is the answer, not a failure.
        (try? SmallDisk(megabytes: 1)) != nil
    }()

    /// Mounts an empty one.
    /// - Throws: ``Refusal`` when the kernel does not let this process mount.
    public init(megabytes: Int) throws {
        folder = try TemporaryFolder()
        path = folder.file("disk")
        guard mkdir(path, 0o700) == 0, mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw Refusal(code: errno)
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Writes to `file` until nothing more fits.
    public func fill(_ file: String) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x55, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
    }

    /// The kernel said no.
    public struct Refusal: Error {
        /// The system's error number.
        public let code: Int32
    }
}
