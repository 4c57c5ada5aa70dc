import Glibc

/// The process's own figures, by the names that Prometheus' client libraries use.
///
/// They come from `/proc`, which the kernel writes from memory: reading it waits for nothing.
/// - SeeAlso: proc(5), `/proc/[pid]/stat`
enum ProcessReadings {
    static func now() -> [Reading] {
        guard let statistics = Statistics() else { return [] }
        return [
            Reading(
                "process_cpu_seconds_total", help: "User and system CPU time.", kind: .counter,
                value: statistics.cpuSeconds),
            Reading("process_resident_memory_bytes", help: "Memory in use.", value: statistics.residentBytes),
            Reading("process_virtual_memory_bytes", help: "Address space in use.", value: statistics.virtualBytes),
            Reading("process_threads", help: "Operating-system threads.", value: statistics.threads),
            Reading("process_open_fds", help: "Open file descriptors.", value: openDescriptors()),
            Reading("process_max_fds", help: "File descriptors that may be open.", value: descriptorLimit()),
            Reading(
                "process_start_time_seconds", help: "When the process started, in seconds since 1970.",
                value: statistics.startTime),
        ]
    }

    private struct Statistics {
        var cpuSeconds, residentBytes, virtualBytes, threads, startTime: Double

        init?() {
            guard let line = text(of: "/proc/self/stat"), let bracket = line.lastIndex(of: ")") else { return nil }
            // The name in brackets may hold spaces; what follows it starts with the third field.
            let fields = line[line.index(after: bracket)...].split(separator: " ").map { Double($0) ?? 0 }
            guard fields.count > 21 else { return nil }
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            cpuSeconds = (fields[11] + fields[12]) / ticks
            threads = fields[17]
            startTime = Self.bootTime + fields[19] / ticks
            virtualBytes = fields[20]
            residentBytes = fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))
        }

        private static let bootTime: Double = {
            let line = text(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            return line.flatMap { Double($0.dropFirst(6)) } ?? 0
        }()
    }

    private static func openDescriptors() -> Double {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0.0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the descriptor of this very look.
        return count - 3
    }

    private static func descriptorLimit() -> Double {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Double(limit.rlim_cur)
    }

    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
