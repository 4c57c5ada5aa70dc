import Glibc

/// What this process has used since it began, as the operating system counts it.
struct ProcessUsage {
    private let usage: rusage

    static var now: ProcessUsage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return ProcessUsage(usage: usage)
    }

    /// User and system time of all threads.
    var cpuSeconds: Double {
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }

    var peakResidentBytes: Int { usage.ru_maxrss * 1024 }
}
