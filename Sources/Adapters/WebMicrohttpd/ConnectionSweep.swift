import Concurrency
import Observability

/// Looks at all connections once in a while, for what the library does not see: absolute deadlines (its own timeout
/// is fooled by one byte a second) and clients that leave while their request is being handled.
struct ConnectionSweep {
    private let intake: RequestIntake
    private let logger: Logger

    init(_ intake: RequestIntake, _ logger: Logger) {
        self.intake = intake
        self.logger = logger
    }

    func run(until shutdown: ShutdownSignal) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await shutdown.wait() }
            group.addTask { await sweepRepeatedly() }
            await group.next()
            group.cancelAll()
        }
    }

    private func sweepRepeatedly() async {
        var last = ContinuousClock.now
        while !Task.isCancelled {
            // Only cancellation ends the sleep early, and the loop sees that.
            try? await Task.sleep(for: intake.configuration.sweepInterval)
            let now = ContinuousClock.now
            for client in intake.table.all { examine(client, now, since: last) }
            last = now
        }
    }

    private func examine(
        _ client: ClientConnection, _ now: ContinuousClock.Instant, since last: ContinuousClock.Instant
    ) {
        if client.isOverdue(at: now, intake.configuration) { return client.shutDown() }
        if client.isHungUp {
            client.exchange?.abandon()
            // The library itself misses an end that came together with the last bytes.
            return client.shutDown()
        }
        guard let exchange = client.exchange else { return }
        if exchange.isStarved(after: now - last) {
            logger.debug("a request body came too slowly", ["address": .text(client.address)])
            exchange.abandon()
            // The library is waiting for bytes, not suspended: only the end of the connection wakes it.
            client.shutDown()
        }
    }
}
