import Database
import Glibc

/// Where the database lies, and what the file system must do for it.
struct SQLiteLocation: Sendable {
    let path: String
    /// How long a statement waits for another program that holds the file.
    let patience: Duration
    /// SQLite's name for the layer between it and the files; nil for the machine's own.
    var fileSystem: String?

    /// The file's name without its folder, for messages that must not show the host's paths.
    var name: String { String(path.split(separator: "/").last ?? "database") }

    /// Bytes of the file and its write-ahead log; nil when there is no file.
    var byteCount: Int? {
        guard let main = Self.size(of: path) else { return nil }
        return main + (Self.size(of: path + "-wal") ?? 0)
    }

    /// Makes the folder (0700) and an empty file (0600) when they are missing: what the jobs hold is nobody else's.
    func prepare() throws(DatabaseError) {
        try makeFolder(above: path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable("\(name) cannot be opened (\(Self.reason(errno))); check its owner and its folder")
        }
        Glibc.close(descriptor)
    }

    private func makeFolder(above path: String) throws(DatabaseError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        var isMade = mkdir(folder, 0o700) == 0
        if !isMade, errno == ENOENT {
            try makeFolder(above: folder)
            isMade = mkdir(folder, 0o700) == 0
        }
        guard isMade || errno == EEXIST else {
            throw .unavailable("the folder of \(name) cannot be made (\(Self.reason(errno)))")
        }
        // A new folder is durable with the one that it is in; SQLite sees to the files alone.
        if isMade, let above = folder.lastIndex(of: "/") { _ = Self.sync(String(folder[...above])) }
    }

    /// Makes the finished file at `partial` appear as `path`, durably.
    static func publish(_ partial: String, as path: String) throws(DatabaseError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard chmod(partial, 0o600) == 0, sync(partial), rename(partial, path) == 0, sync(folder) else {
            let code = errno
            throw code == ENOSPC ? .full("the backup") : .unavailable("the backup cannot be kept (\(reason(code)))")
        }
    }

    private static func sync(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static func size(of path: String) -> Int? {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : nil
    }

    static func reason(_ code: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
