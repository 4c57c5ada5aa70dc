import CLinux
import Glibc
import Storage

/// The store's folder, held open; everything else is reached from here and never by a whole path.
final class StoreRoot: Sendable {
    /// Where half-written files lie.
    ///
    /// No key can name it, since a segment of a key does not begin with a dot.
    static let incoming = ".incoming"

    private let path: String
    private let descriptor: Int32
    private let hasProc: Bool
    /// Whether paths are walked segment by segment even where the kernel could do it, for tests of older kernels' way.
    let walksAlways: Bool

    init(path: String, walksAlways: Bool = false) throws(StorageError) {
        self.path = path
        self.walksAlways = walksAlways
        try Self.makeFolders(path)
        // The root itself may be a link: the operator chose it.
        descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(errno: errno) }
        hasProc = access("/proc/self/fd", X_OK) == 0
        guard mkdirat(descriptor, Self.incoming, 0o700) == 0 || errno == EEXIST else {
            throw StorageError(errno: errno)
        }
    }

    deinit { close(descriptor) }

    private static func makeFolders(_ path: String) throws(StorageError) {
        if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw StorageError(errno: errno)
        }
        try makeFolders(String(path[..<slash]))
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw StorageError(errno: errno) }
    }

    /// A name for libraries that open files by path: the very file that was checked, whatever lies there by now.
    func path(of file: borrowing Descriptor, _ key: StorageKey) -> String {
        hasProc ? "/proc/self/fd/\(file.number)" : path + "/" + key.description
    }

    /// Opens a plain file for reading.
    func openFile(_ key: StorageKey) throws(StorageError) -> Descriptor {
        // Non-blocking: opening a named pipe that somebody put there would wait for its writer.
        let file = try reading(key, O_RDONLY | O_NONBLOCK)
        let information = try file.information()
        guard information.isFile else {
            throw information.isFolder ? .notFound(key.description) : .escapes(key.description)
        }
        return file
    }

    /// Opens the folder that holds `key`, and makes what is missing of it, durably.
    /// - Throws: ``StorageError/notFound(_:)`` also when somebody removes a folder just made: try again.
    func openParent(of key: StorageKey, creating: Bool) throws(StorageError) -> Descriptor {
        let folders = key.folders
        guard !folders.isEmpty else { return try duplicate() }
        do throws(StorageError) {
            return try open(folders.joined(separator: "/"), O_RDONLY | O_DIRECTORY, for: key)
        } catch {
            guard creating, case .notFound = error else { throw creating ? error : error.whenReading(key) }
        }
        var folder = try duplicate()
        for name in folders {
            if mkdirat(folder.number, name, 0o750) == 0 {
                guard fsync(folder.number) == 0 else { throw StorageError(errno: errno) }
            } else if errno != EEXIST {
                throw failure(errno, key)
            }
            folder = try step(from: folder, to: name, O_RDONLY | O_DIRECTORY, for: key)
        }
        return folder
    }

    /// Opens a folder below the root, or the root itself when `key` is nil.
    func openFolder(_ key: StorageKey?) throws(StorageError) -> Descriptor {
        guard let key else { return try duplicate() }
        return try reading(key, O_RDONLY | O_DIRECTORY)
    }

    private func reading(_ key: StorageKey, _ flags: Int32) throws(StorageError) -> Descriptor {
        do throws(StorageError) { return try open(key.description, flags, for: key) } catch {
            throw error.whenReading(key)
        }
    }

    /// Opens the folder of half-written files.
    func openIncoming() throws(StorageError) -> Descriptor {
        let number = openat(descriptor, Self.incoming, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw StorageError(errno: errno) }
        return Descriptor(number)
    }

    /// Bytes that could still be written.
    var freeBytes: Int? {
        var information = statvfs()
        guard fstatvfs(descriptor, &information) == 0 else { return nil }
        return Int(information.f_bavail) * Int(information.f_frsize)
    }

    private func duplicate() throws(StorageError) -> Descriptor {
        // Not `dup`: the copy would share its reading position with every other walk over the root.
        let number = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw StorageError(errno: errno) }
        return Descriptor(number)
    }

    private func open(_ path: String, _ flags: Int32, for key: StorageKey) throws(StorageError) -> Descriptor {
        if !walksAlways {
            let result = atelier_open_beneath(descriptor, path, flags | O_CLOEXEC)
            if result >= 0 { return Descriptor(result) }
            // Kernels before 5.6 do not know the call, and some containers forbid it.
            if result != -ENOSYS && result != -EPERM { throw failure(-result, key) }
        }
        var folder = try duplicate()
        let names = path.split(separator: "/").map(String.init)
        for name in names.dropLast() { folder = try step(from: folder, to: name, O_RDONLY | O_DIRECTORY, for: key) }
        return try step(from: folder, to: names[names.count - 1], flags, for: key)
    }

    private func step(
        from folder: borrowing Descriptor, to name: String, _ flags: Int32, for key: StorageKey
    ) throws(StorageError) -> Descriptor {
        let number = openat(folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC)
        if number >= 0 { return Descriptor(number) }
        let code = errno
        // A link where a folder is wanted is reported like a file in its place; a look tells them apart.
        if code == ENOTDIR, status(of: name, in: folder)?.isLink == true { throw .escapes(key.description) }
        throw failure(code, key)
    }

    func status(of name: String, in folder: borrowing Descriptor) -> stat? {
        var information = stat()
        return fstatat(folder.number, name, &information, AT_SYMLINK_NOFOLLOW) == 0 ? information : nil
    }

    private func failure(_ code: Int32, _ key: StorageKey) -> StorageError {
        switch code {
        case ENOENT, ENAMETOOLONG: .notFound(key.description)
        case ENOTDIR: .invalidKey("a part of \(key) is an object itself; give another key")
        case ELOOP, EXDEV: .escapes(key.description)
        // A socket or a device without a driver.
        case ENXIO: .escapes(key.description)
        default: StorageError(errno: code)
        }
    }
}

extension StorageError {
    /// Below a file there is nothing to read; only who wants to write must hear why.
    fileprivate func whenReading(_ key: StorageKey) -> StorageError {
        if case .invalidKey = self { .notFound(key.description) } else { self }
    }
}

extension StorageKey {
    /// The names of the folders that hold it.
    var folders: [String] { description.split(separator: "/").dropLast().map(String.init) }
    /// The name of its file.
    var fileName: String { description.split(separator: "/").last.map(String.init) ?? description }
}
