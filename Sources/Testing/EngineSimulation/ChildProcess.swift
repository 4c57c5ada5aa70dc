import Glibc

/// This very program, run once more.
enum ChildProcess {
    /// Begins it with `arguments` and this process's environment and output; nil when the system refuses.
    static func spawn(_ arguments: [String]) -> pid_t? {
        var argv: [UnsafeMutablePointer<CChar>?] = (["EngineSimulation"] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { for pointer in argv { free(pointer) } }
        var child = pid_t()
        return posix_spawn(&child, "/proc/self/exe", nil, nil, argv, environ) == 0 ? child : nil
    }

    /// Waits for its end; one that crashed counts as a failure.
    static func status(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1 { if errno != EINTR { return 1 } }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 1
    }
}
