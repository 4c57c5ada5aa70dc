import Concurrency
import Database
import DatabaseSQLite
import FoundationEssentials
import GRPCClient
import Glibc
import Workflows
import WorkflowsSQL
import WorkflowsTemporal

/// What this program can do; for tests, which read what it leaves in the folder.
///
/// - `live FOLDER JOBS [KILL-AT [torn]]`: starts jobs and carries them out, and kills itself at that change of the disk.
/// - `work FOLDER`: carries out whatever is queued until it is stopped or killed.
/// - `keep-history HOST:PORT NAMESPACE WORKFLOW-ID FILE`: writes the history of a run on Temporal, for the tests that
///   replay those of each release.
/// - `total-queue FOLDER JOBS [CLIENTS]`: queues jobs while it kills worker after worker, and counts what comes out.
///
/// In the folder: `store.db`, `acknowledged` (a line for each start that returned) and `effects` (a line for each
/// attempt of an activity that ran).
enum Drill {
    static func run(_ words: [String]) async -> Int32 {
        do {
            switch (words.first, words.count) {
            case ("live", 3...5):
                try await Life(
                    folder: words[1], jobs: number(words, 2), killAt: number(words, 3), isTorn: words.count > 4
                )
                .run()
            case ("keep-history", 5): try await keepHistory(words[1], namespace: words[2], words[3], in: words[4])
            case ("work", 2): try await work(Folder(path: words[1]))
            case ("total-queue", 3...4):
                return try await TotalQueue(
                    folder: Folder(path: words[1]), jobs: number(words, 2),
                    clients: words.count > 3 ? number(words, 3) : 64
                ).run() ? 0 : 1
            default:
                say(
                    """
                    usage: drill live FOLDER JOBS [KILL-AT [torn]] | work FOLDER | total-queue FOLDER JOBS [CLIENTS] \
                    | keep-history HOST:PORT NAMESPACE WORKFLOW-ID FILE
                    """)
                return 2
            }
            return 0
        } catch {
            say("drill: \(error)")
            return 1
        }
    }

    private static func number(_ words: [String], _ index: Int) -> Int {
        words.indices.contains(index) ? Int(words[index]) ?? 0 : 0
    }

    private static func keepHistory(
        _ address: String, namespace: String, _ id: String, in file: String
    ) async throws {
        guard let address = TemporalAddress(address) else { return say("drill: not HOST:PORT: \(address)") }
        let channel = try GRPCChannel(ChannelConfiguration(host: address.host, port: address.port))
        let cluster = TemporalCluster(channel: channel, namespace: namespace, identity: "drill")
        let history = try await cluster.history(of: WorkflowID(recorded: id))
        try Data(history).write(to: URL(filePath: file))
        await channel.close()
    }

    /// Works until it is told to stop.
    private static func work(_ folder: Folder) async throws {
        let database = try await SQLiteDatabase(path: folder.store, patience: .seconds(60))
        try await Migrator(Migration.workflows).run(on: database)
        let shutdown = ShutdownSignal()
        // Nobody but its killer ends it.
        try await folder.worker(SQLWorkflowEngine(database: database)).run(until: shutdown)
    }

    /// Writes a line for whoever started this.
    static func say(_ line: String) { Lines(descriptor: STDOUT_FILENO).write(line) }
}

/// Where a drill keeps everything.
struct Folder: Sendable {
    let path: String
    var store: String { path + "/store.db" }

    /// A worker for the drill's jobs, which the deaths of processes are never held against.
    func worker(_ engine: SQLWorkflowEngine) throws -> WorkflowWorker {
        let effects = try Lines(path: path + "/effects")
        return WorkflowWorker(
            engine: engine, registry: .drill(effects), queues: [.default: 16],
            limits: WorkerLimits(lossesUntilPoison: 100_000, sweepInterval: .milliseconds(200)))
    }
}

/// A file that lines are added to, whole, by any number of processes; what was added survives the process at once.
final class Lines: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path) }
    }

    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // One call, so that lines of several processes never mix.
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }

    struct Failure: Error { let path: String }
}
