import Concurrency
import Glibc

/// Names a process so that another one on the same machine can tell whether it still runs.
package struct ProcessIdentity: Sendable, Equatable {
    /// One boot of one machine, and one namespace of process numbers in it.
    package let host: String
    /// The process number and when it began: numbers are given again.
    package let process: String

    package init(host: String, process: String) {
        self.host = host
        self.process = process
    }

    static let current = ProcessIdentity(
        host: (contents(of: "/proc/sys/kernel/random/boot_id") ?? "unknown") + " " + (link("/proc/self/ns/pid") ?? ""),
        process: "\(getpid()):\(startTime(of: Int(getpid())) ?? "unknown")")

    /// This process for people: `host:pid`.
    static let label = "\(HostName.current):\(getpid())"

    /// Whether the process runs; nil when that cannot be seen from here.
    var isRunning: Bool? {
        guard host == Self.current.host else { return nil }
        let parts = process.split(separator: ":")
        guard parts.count == 2, let number = Int(parts[0]) else { return nil }
        return Self.startTime(of: number).map { $0 == parts[1] } ?? false
    }

    /// Clock ticks between boot and the start of the process: field 22 of `/proc/PID/stat`, see proc(5).
    private static func startTime(of process: Int) -> String? {
        guard let text = contents(of: "/proc/\(process)/stat"), let bracket = text.lastIndex(of: ")") else {
            return nil
        }
        // The second field is the name in brackets, which may itself hold spaces and brackets.
        let fields = text[bracket...].split(separator: " ")
        return fields.count > 20 ? String(fields[20]) : nil
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer.prefix(count), as: UTF8.self)
        return text.split(separator: "\n").first.map(String.init)
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

/// Which process a worker belongs to, and what it sees of others.
package struct ProcessTable: Sendable {
    let own: ProcessIdentity
    /// Whether a process runs; nil when that cannot be seen from here.
    let isRunning: @Sendable (ProcessIdentity) -> Bool?

    /// For simulations, which have many processes in one.
    package init(own: ProcessIdentity, isRunning: @escaping @Sendable (ProcessIdentity) -> Bool?) {
        self.own = own
        self.isRunning = isRunning
    }

    static let operatingSystem = ProcessTable(own: .current) { $0.isRunning }
}

/// The sessions of this very process: a worker that was dropped without goodbye is dead though the process runs.
enum LiveSessions {
    private static let sessions = Locked<Set<String>>([])
    static func insert(_ id: String) { sessions.withLock { _ = $0.insert(id) } }
    static func remove(_ id: String) { sessions.withLock { _ = $0.remove(id) } }
    static func contains(_ id: String) -> Bool { sessions.withLock { $0.contains(id) } }
}
