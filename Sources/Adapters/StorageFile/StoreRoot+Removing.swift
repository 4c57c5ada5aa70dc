import Glibc
import Storage

extension StoreRoot {
    /// How much something held.
    struct Amount: Sendable {
        var bytes = 0
        var objects = 0
    }

    /// Removes the file of `key`.
    /// - Returns: Its size; nil when there was none.
    func remove(_ key: StorageKey) throws(StorageError) -> Int? {
        do throws(StorageError) {
            let parent = try openParent(of: key, creating: false)
            guard let status = status(of: key.fileName, in: parent), !status.isFolder else { return nil }
            guard unlinkat(parent.number, key.fileName, 0) == 0 || errno == ENOENT else {
                throw StorageError(errno: errno)
            }
            guard fsync(parent.number) == 0 else { throw StorageError(errno: errno) }
            try removeEmptyFolders(key.folders, for: key)
            return status.isFile ? Int(status.st_size) : nil
        } catch {
            guard case .notFound = error else { throw error }
            return nil
        }
    }

    /// Removes every file below the folder `prefix`, and the folder.
    func removeAll(under prefix: StorageKey) throws(StorageError) -> Amount {
        var removed = Amount()
        do throws(StorageError) {
            let folder = try openFolder(prefix)
            try removeContents(of: folder, depth: 0, &removed)
            try removeEmptyFolders(prefix.folders + [prefix.fileName], for: prefix)
        } catch {
            guard case .notFound = error else { throw error }
        }
        return removed
    }

    private func removeContents(
        of folder: borrowing Descriptor, depth: Int, _ removed: inout Amount
    ) throws(StorageError) {
        for name in try folder.names() {
            guard let status = status(of: name, in: folder) else { continue }
            if status.isFolder {
                if let child = try openChild(name, of: folder, depth: depth) {
                    try removeContents(of: child, depth: depth + 1, &removed)
                }
                // Not empty when somebody stored something meanwhile, which then stays.
                unlinkat(folder.number, name, AT_REMOVEDIR)
            } else if unlinkat(folder.number, name, 0) == 0 {
                guard status.isFile else { continue }
                removed.bytes += Int(status.st_size)
                removed.objects += 1
            } else if errno != ENOENT {
                throw StorageError(errno: errno)
            }
        }
    }

    /// Removes the innermost of `folders` while they are empty; the outermost stays, for people put files there.
    private func removeEmptyFolders(_ folders: [String], for key: StorageKey) throws(StorageError) {
        var folders = folders
        while folders.count > 1, let name = folders.popLast() {
            let parentKey = try StorageKey(folders.joined(separator: "/"))
            let parent = try openFolder(parentKey)
            guard unlinkat(parent.number, name, AT_REMOVEDIR) == 0 else { return }
        }
    }

    /// Counts every plain file, without the half-written ones.
    func count() -> Amount {
        var amount = Amount()
        // A folder that cannot be read is left out of a figure that is for orientation.
        guard let root = try? openFolder(nil) else { return amount }
        try? count(root, isRoot: true, depth: 0, &amount)
        return amount
    }

    private func count(
        _ folder: borrowing Descriptor, isRoot: Bool, depth: Int, _ amount: inout Amount
    ) throws(StorageError) {
        for name in try folder.names() {
            if isRoot && name == Self.incoming { continue }
            guard let status = status(of: name, in: folder) else { continue }
            if status.isFile {
                amount.bytes += Int(status.st_size)
                amount.objects += 1
            } else if status.isFolder, let child = try openChild(name, of: folder, depth: depth) {
                try count(child, isRoot: false, depth: depth + 1, &amount)
            }
        }
    }

    /// Opens a folder inside another without following a link; nil when it is gone, or nested beyond any key.
    private func openChild(
        _ name: String, of folder: borrowing Descriptor, depth: Int
    ) throws(StorageError) -> Descriptor? {
        guard depth < 256 else { return nil }
        let number = openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if number >= 0 { return Descriptor(number) }
        guard errno == ENOENT || errno == ENOTDIR || errno == ELOOP else { throw StorageError(errno: errno) }
        return nil
    }
}

extension Descriptor {
    /// The names in a folder, without `.` and `..`.
    func names() throws(StorageError) -> [String] {
        // The stream closes its descriptor, so it gets one of its own.
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw StorageError(errno: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
