import Glibc

/// A disk at one moment: what is on it for good, and what the system has only been told to write.
public struct Disk: Sendable {
    private enum Change: Sendable {
        case create
        case write([UInt8], offset: Int)
        case truncate(Int)
        case delete
    }
    private var durable: [String: [UInt8]] = [:]
    private var unsynced: [String: [Change]] = [:]
    /// Who was told by now that his work is done.
    public private(set) var acknowledged: Set<Int> = []

    /// An empty disk.
    public init() {}

    /// What a power cut leaves of the writes that nobody waited for.
    public enum Survival: Sendable, Hashable {
        /// None of them.
        case syncedOnly
        /// All of them, as when only the program is killed.
        case everything
        /// All of them, but of the last only the first sectors.
        case lastTorn
        /// None but the last: the disk took it first.
        case lastOnly
        /// Some of them, by chance.
        case some(seed: UInt64)
    }

    /// Goes on by one entry of a log.
    public mutating func apply(_ entry: DiskLog.Entry) {
        switch entry {
        // A file that is new appears with its folder, which is synced with the file.
        case .open(let file): if durable[file] == nil { unsynced[file, default: []].append(.create) }
        case .write(let file, let bytes, let offset):
            unsynced[file, default: []].append(.write(bytes, offset: offset))
        case .truncate(let file, let size): unsynced[file, default: []].append(.truncate(size))
        case .delete(let file, let isDurable):
            unsynced[file, default: []].append(.delete)
            if isDurable { sync(file) }
        case .sync(let file): sync(file)
        case .acknowledgement(let number): acknowledged.insert(number)
        }
    }

    /// The files after a power cut at this moment.
    public func files(after survival: Survival) -> [String: [UInt8]] {
        var files = durable
        for (file, changes) in unsynced.sorted(by: { $0.key < $1.key }) {
            for change in Self.surviving(changes, survival) { Self.apply(change, to: &files[file]) }
        }
        return files
    }

    /// Whether anything is still on its way.
    public var hasUnsynced: Bool { unsynced.values.contains { !$0.isEmpty } }

    private mutating func sync(_ file: String) {
        let changes = unsynced.removeValue(forKey: file) ?? []
        for change in changes { Self.apply(change, to: &durable[file]) }
        // SQLite syncs the folder with a new file, and with it whatever appeared or went in it.
        if changes.contains(where: { if case .create = $0 { true } else { false } }) { syncFolder() }
    }

    private mutating func syncFolder() {
        for (file, changes) in unsynced {
            guard let last = changes.lastIndex(where: { if case .delete = $0 { true } else { false } }) else {
                continue
            }
            durable[file] = nil
            unsynced[file] = Array(changes[(last + 1)...])
        }
    }

    private static func surviving(_ changes: [Change], _ survival: Survival) -> [Change] {
        switch survival {
        case .syncedOnly: return []
        case .everything: return changes
        case .lastOnly: return Array(changes.suffix(1))
        case .lastTorn:
            guard case .write(let bytes, let offset)? = changes.last else { return changes }
            let sectors = bytes.count / 2 / 512 * 512
            return changes.dropLast() + [.write(Array(bytes.prefix(max(sectors, bytes.count / 2))), offset: offset)]
        case .some(let seed):
            var chance = SplitMix(seed: seed)
            return changes.filter { _ in chance.next() & 1 == 0 }
        }
    }

    private static func apply(_ change: Change, to file: inout [UInt8]?) {
        switch change {
        case .create: file = file ?? []
        case .delete: file = nil
        case .truncate(let size): file = Array((file ?? []).prefix(size))
        case .write(let bytes, let offset):
            var content = file ?? []
            // Taken out while it is changed, so that the bytes are not copied.
            file = nil
            if content.count < offset { content += [UInt8](repeating: 0, count: offset - content.count) }
            content.replaceSubrange(offset..<min(content.count, offset + bytes.count), with: bytes)
            file = content
        }
    }
}

extension Disk {
    /// Writes `files` into `folder`, which holds nothing else of their names.
    public static func write(_ files: [String: [UInt8]], to folder: TemporaryFolder) throws {
        for (name, bytes) in files {
            let descriptor = open(folder.file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw SmallDisk.Refusal(code: errno) }
            defer { close(descriptor) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { throw SmallDisk.Refusal(code: errno) }
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// Random numbers that are the same for the same seed.
///
/// - SeeAlso: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
public struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins at `seed`.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
