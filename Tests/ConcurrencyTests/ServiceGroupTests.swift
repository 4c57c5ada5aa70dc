import AtelierTesting
import Concurrency
import Testing

/// A service made of a closure.
private struct Scripted: Service {
    let name: String
    let body: @Sendable (ShutdownSignal) async throws -> Void
    init(_ name: String, _ body: @escaping @Sendable (ShutdownSignal) async throws -> Void) {
        self.name = name
        self.body = body
    }
    func run(until shutdown: ShutdownSignal) async throws { try await body(shutdown) }
}

private final class Journal: Sendable {
    private let entries = Locked<[String]>([])
    var all: [String] { entries.withLock { $0 } }
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
}

private struct Broken: Error, Equatable {}

@Suite struct `A service group` {
    @Test func `runs until it is told to stop, then waits for every service`() async throws {
        let journal = Journal()
        let shutdown = ShutdownSignal()
        let started = ShutdownSignal()
        let services = ["http", "worker"].map { name in
            Scripted(name) { shutdown in
                if name == "worker" { started.trigger() }
                await shutdown.wait()
                for _ in 0..<10 { await Task.yield() }
                journal.add("\(name) finished\(Task.isCancelled ? " by force" : "")")
            }
        }
        let running = Task { try await ServiceGroup(services, shutdown: shutdown, report: journal.add).run() }
        await started.wait()
        #expect(journal.all.isEmpty)
        shutdown.trigger()
        try await running.value

        #expect(journal.all.sorted() == ["http finished", "worker finished"])
    }

    @Test func `stops the rest in good order when one fails, and throws its failure`() async {
        let journal = Journal()
        let services = [
            Scripted("steady") { shutdown in
                await shutdown.wait()
                for _ in 0..<10 { await Task.yield() }
                journal.add("steady finished\(Task.isCancelled ? " by force" : "")")
            },
            Scripted("broken") { _ in throw Broken() },
        ]
        await #expect(throws: Broken()) {
            try await ServiceGroup(services, shutdown: ShutdownSignal(), report: journal.add).run()
        }
        #expect(journal.all == ["service broken failed: Broken()", "steady finished"])
    }

    @Test func `stops the rest when one ends by itself`() async throws {
        let journal = Journal()
        let services = [Scripted("brief") { _ in }, Scripted("steady") { await $0.wait() }]
        try await ServiceGroup(services, shutdown: ShutdownSignal(), report: journal.add).run()
        #expect(journal.all == ["service brief ended by itself; stopping"])
    }

    @Test func `cancels who does not stop in time, and says who`() async throws {
        let journal = Journal()
        let clock = ManualClock()
        let services = [
            Scripted("quick") { _ in },
            Scripted("stubborn") { _ in try? await Task.sleep(for: .seconds(3600)) },
        ]
        let group = ServiceGroup(
            services, shutdown: ShutdownSignal(), grace: .seconds(20), clock: clock, report: journal.add)
        let running = Task { try await group.run() }
        await clock.whenSomeoneSleeps()
        clock.advance(by: .seconds(20))
        try await running.value

        #expect(
            journal.all == [
                "service quick ended by itself; stopping", "not stopped within 20.0 seconds: stubborn; cancelling",
            ])
    }

    @Test func `without services has nothing to wait for`() async throws {
        try await ServiceGroup([], shutdown: ShutdownSignal(), report: { _ in }).run()
    }
}

@Suite struct `A shutdown signal` {
    @Test func `wakes everybody, before and after`() async {
        let signal = ShutdownSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { await signal.wait() } }
            group.addTask { signal.trigger() }
        }
        signal.trigger()
        await signal.wait()
        #expect(signal.isTriggered)
    }

    @Test func `lets go of a task that is cancelled, at any moment`() async {
        let signal = ShutdownSignal()
        for _ in 0..<200 {
            let task = Task { await signal.wait() }
            if Bool.random() { await Task.yield() }
            task.cancel()
            await task.value
        }
        #expect(!signal.isTriggered)
    }
}
