import Concurrency
import Database
import DatabaseSQLite
import Glibc
import Workflows
import WorkflowsSQL

/// What goes into a queue comes out of it, each once, however often its workers are killed.
///
/// - SeeAlso: Jepsen's checker `total-queue`, <https://github.com/jepsen-io/jepsen> (checker.clj).
struct TotalQueue {
    let folder: Folder
    let jobs: Int
    let clients: Int
    private static let life = Duration.milliseconds(200)
    private static let leastKills = 50

    /// - Returns: Whether everything came out once.
    func run() async throws -> Bool {
        let database = try await SQLiteDatabase(path: folder.store, patience: .seconds(60))
        try await Migrator(Migration.workflows).run(on: database)
        let start = ContinuousClock.now
        let killer = Killer(folder: folder.path, life: Self.life, least: Self.leastKills)
        async let kills = killer.run()
        try await submit(to: SQLWorkflowEngine(database: database))
        let submitted = start.duration(to: .now)
        killer.stop()
        let count = try await kills
        try await drain(database)
        let total = start.duration(to: .now)
        let outcome = try await Outcome(database, folder)
        await database.close()
        Drill.say(
            """
            total-queue: \(jobs) submitted by \(clients) clients in \(submitted.formatted), \(count) workers killed, \
            drained after \(total.formatted)
            \(outcome.description)
            """)
        return outcome.isTotal(jobs)
    }

    private func submit(to engine: SQLWorkflowEngine) async throws {
        let next = NextNumber(limit: jobs)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    while let number = next.take() {
                        let id = WorkflowID(recorded: "job-\(number)")
                        _ = try await engine.start(ShortJob.self, id: id, input: id.rawValue)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Lets the last worker live until nothing is left.
    private func drain(_ database: SQLiteDatabase) async throws {
        let worker = try Child.work(folder.path)
        while try await database.read({ try $0.first("SELECT 1 AS open FROM workflow_runs WHERE state <> 4 LIMIT 1") })
            != nil
        {
            try await Task.sleep(for: .milliseconds(50))
        }
        worker.kill()
    }
}

/// Numbers from 1 on, each given out once.
private final class NextNumber: Sendable {
    private let state = Locked(0)
    private let limit: Int
    init(limit: Int) { self.limit = limit }

    func take() -> Int? {
        state.withLock { last in
            guard last < limit else { return nil }
            last += 1
            return last
        }
    }
}

/// Starts a worker, kills it after a short life, and so on.
private final class Killer: Sendable {
    private let folder: String
    private let life: Duration
    private let least: Int
    private let isStopped = Locked(false)

    init(folder: String, life: Duration, least: Int) {
        self.folder = folder
        self.life = life
        self.least = least
    }

    /// Lets it end, once it has killed enough.
    func stop() { isStopped.withLock { $0 = true } }

    /// - Returns: How many it killed.
    func run() async throws -> Int {
        var count = 0
        while count < least || !isStopped.withLock({ $0 }) {
            let child = try Child.work(folder)
            try await Task.sleep(for: life)
            child.kill()
            count += 1
        }
        return count
    }
}

/// A worker in a process of its own.
struct Child {
    private let process: pid_t

    static func work(_ folder: String) throws -> Child {
        var process: pid_t = 0
        let words = ["/proc/self/exe", "work", folder]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let code = posix_spawn(&process, words[0], nil, nil, &arguments, environ)
        guard code == 0 else { throw Failure(code: code) }
        return Child(process: process)
    }

    /// Ends it at once and waits until it is gone.
    func kill() {
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    struct Failure: Error { let code: Int32 }
}

extension Duration {
    /// `12.3 s`.
    fileprivate var formatted: String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
