import Concurrency
import Database
import DatabaseSQLite
import Faults
import Glibc
import Workflows
import WorkflowsSQL

/// One life of a process: it opens the store, starts jobs, carries them out, and dies where it is told to.
struct Life {
    let folder: String
    let jobs: Int
    /// At which change of the disk (a write, truncation, flush or removal) it kills itself; 0 for never.
    let killAt: Int
    /// Whether half of that write still happens.
    let isTorn: Bool

    func run() async throws {
        let folder = Folder(path: folder)
        let changes = Locked(0)
        let system = try FaultyFileSystem { [killAt, isTorn] request in
            let count = changes.withLock { count in
                if request.operation.isChange { count += 1 }
                return count
            }
            guard killAt > 0, count >= killAt else { return nil }
            if isTorn, count == killAt, request.operation == .write { return .torn }
            kill(getpid(), SIGKILL)
            return nil
        }
        let database = try await SQLiteDatabase(path: folder.store, fileSystem: system.name)
        try await Migrator(Migration.workflows).run(on: database)
        // Small, so that moving the log into the file is among what is interrupted.
        try await database.write { try $0.execute("PRAGMA wal_autocheckpoint=16") }
        let engine = SQLWorkflowEngine(database: database)
        do {
            try await carryOut(engine, try folder.worker(engine), Lines(path: folder.path + "/acknowledged"))
        } catch  where killAt > 0 {
            // It was told of the torn write before the next operation could end it.
            kill(getpid(), SIGKILL)
        }
        await database.close()
        Drill.say("changes \(changes.withLock { $0 })")
    }

    private func carryOut(_ engine: SQLWorkflowEngine, _ worker: WorkflowWorker, _ acknowledged: Lines) async throws {
        let shutdown = ShutdownSignal()
        async let work: Void = worker.run(until: shutdown)
        for number in 1...jobs {
            let id = WorkflowID(recorded: "job-\(number)")
            _ = try await engine.start(DrillJob.self, id: id, input: id.rawValue)
            acknowledged.write(id.rawValue)
        }
        for number in 1...jobs { _ = try await engine.waitForClose(of: WorkflowID(recorded: "job-\(number)")) }
        shutdown.trigger()
        try await work
    }
}
