import Glibc

extension EnvironmentFile {
    /// Reads the file at `path`; without one there is nothing in it.
    ///
    /// It blocks, briefly: it is meant for the start of the program, before anything else runs.
    public static func load(path: String) -> EnvironmentFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == ENOENT ? .empty : EnvironmentFile(fault: "it cannot be read; check its owner and mode")
        }
        defer { close(descriptor) }
        guard let bytes = contents(of: descriptor) else { return EnvironmentFile(fault: "it is larger than 1 MB") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return EnvironmentFile(fault: "it is not UTF-8 text")
        }
        var file = EnvironmentFile(text: text)
        var information = stat()
        if fstat(descriptor, &information) == 0, information.st_mode & 0o077 != 0 {
            file.warnings.append(".env holds secrets and other users may read it; run chmod 600 .env")
        }
        return file
    }

    /// What the program writes into the file when nobody has set it.
    public struct Addition: Sendable {
        let name: String
        let comment: String
        let value: @Sendable (_ randomBytes: (Int) -> [UInt8]) -> String

        /// A fixed value.
        public init(_ name: String, comment: String, value: String) {
            self.name = name
            self.comment = comment
            self.value = { _ in value }
        }

        /// A random secret of `length` letters and digits that are not mistaken for each other, 5 bits each.
        public init(_ name: String, comment: String, randomLength length: Int) {
            self.name = name
            self.comment = comment
            self.value = { randomBytes in
                let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
                return String(decoding: randomBytes(length).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
            }
        }
    }

    /// Writes those of `additions` that neither `environment` nor the file at `path` sets, and keeps what is there.
    ///
    /// The file appears whole or not at all, readable for its owner only. When two programs start at once, the first
    /// to write wins and the other reads what it wrote.
    /// - Parameter randomBytes: Gives that many bytes that nobody can guess.
    /// - Returns: The names that were written; empty when nothing was missing.
    /// - Throws: ``SettingRefusal`` when the file cannot be written or has faults of its own.
    @discardableResult
    public static func add(
        _ additions: [Addition], to path: String, environment: [String: String], randomBytes: (Int) -> [UInt8]
    ) throws(SettingRefusal) -> [String] {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw SettingRefusal("the folder of .env cannot be opened") }
        defer { close(lock) }
        flock(lock, LOCK_EX)

        let known = load(path: path)
        guard known.faults.isEmpty else { throw SettingRefusal(known.faults.joined(separator: "\n")) }
        let missing = additions.filter { addition in
            (environment[addition.name] ?? "").isEmpty && (known.entries[addition.name]?.value ?? "").isEmpty
        }
        guard !missing.isEmpty else { return [] }
        var text = try existingText(at: path, without: missing.map(\.name))
        for addition in missing { text += "# \(addition.comment)\n\(addition.name)=\(addition.value(randomBytes))\n" }
        try replace(path, with: text, syncing: lock)
        return missing.map(\.name)
    }

    private init(fault: String) {
        self = .empty
        faults = [".env: \(fault)"]
    }

    private static func contents(of descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            if bytes.count > 1 << 20 { return nil }
        }
    }

    /// The file's text without the lines that set one of `names` to nothing, with an end of line at its end.
    private static func existingText(at path: String, without names: [String]) throws(SettingRefusal) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let text = String(decoding: contents(of: descriptor) ?? [], as: UTF8.self)
        let file = EnvironmentFile(text: text)
        let replaced = Set(names.compactMap { file.entries[$0]?.line })
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let kept = lines.enumerated().filter { !replaced.contains($0.offset + 1) }.map { String($0.element) }
        let joined = kept.joined(separator: "\n")
        return joined.isEmpty || joined.hasSuffix("\n") ? joined : joined + "\n"
    }

    private static func replace(_ path: String, with text: String, syncing folder: Int32) throws(SettingRefusal) {
        let partial = path + ".new"
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SettingRefusal("the folder of .env cannot be written") }
        let bytes = Array(text.utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(partial, path) == 0 else {
            unlink(partial)
            throw SettingRefusal(".env cannot be written; check the disk's room and the folder's owner")
        }
        fsync(folder)
    }
}
