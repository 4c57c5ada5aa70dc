import Concurrency
import Observability

/// Ends the server: no new connections, then what is in flight, then everything.
struct ServerStop {
    private let daemon: Daemon
    private let intake: RequestIntake
    private let logger: Logger

    init(_ daemon: Daemon, _ intake: RequestIntake, _ logger: Logger) {
        self.daemon = daemon
        self.intake = intake
        self.logger = logger
    }

    func run(on thread: WorkerThreads) async {
        intake.enter(.stopping)
        daemon.stopListening()
        if await !finish(within: intake.configuration.shutdownGrace, { $0.endEvents() }) {
            logger.warning(
                "requests are broken off: the grace period is over",
                ["requests": .integer(intake.table.exchanges.count)])
        }
        intake.enter(.closing)
        let isEmpty = await finish(within: .seconds(5)) { exchange in
            exchange.abandon()
            exchange.client.shutDown()
        }
        // Stopping the library while a connection is suspended is undefined: better to leave it to the process's end.
        guard isEmpty else { return logger.error("the HTTP library still holds requests and is left running") }
        await thread.run { [daemon] in daemon.stop() }
        logger.info("stopped")
    }

    /// Applies `action` to every request until there is none; whether that was reached in time.
    private func finish(within time: Duration, _ action: (Exchange) -> Void) async -> Bool {
        let end = ContinuousClock.now + time
        while true {
            let exchanges = intake.table.exchanges
            guard !exchanges.isEmpty else { return true }
            guard ContinuousClock.now < end else { return false }
            for exchange in exchanges { action(exchange) }
            // Runs in a task that nobody cancels.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
