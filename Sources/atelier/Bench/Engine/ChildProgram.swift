import Concurrency
import Glibc

/// This very program as a process of its own, with an environment of its own.
struct ChildProgram {
    private let process: pid_t

    /// Starts `/proc/self/exe`; what it prints goes nowhere.
    init(_ arguments: [String], environment: [String: String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var words = (["atelier"] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var started: pid_t = 0
        guard posix_spawn(&started, "/proc/self/exe", &actions, nil, &words, &variables) == 0 else {
            throw LoadFault.broken("the program cannot be started a second time")
        }
        process = started
    }

    /// Asks it to stop and waits for its end, a minute at the most.
    func stop() async throws {
        kill(process, SIGTERM)
        for _ in 0..<3000 {
            if waitpid(process, nil, WNOHANG) != 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }
}
