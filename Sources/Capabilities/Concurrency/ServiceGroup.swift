/// Runs the program's services together and stops them together.
public struct ServiceGroup: Sendable {
    private let services: [any Service]
    private let shutdown: ShutdownSignal
    private let grace: Duration
    private let clock: any WallClock
    private let report: @Sendable (String) -> Void

    private enum End: Sendable {
        case service(index: Int, failure: (any Error)?)
        case graceIsOver
        case nothing
    }

    /// Prepares to run `services`, which all are told to stop at once, on `shutdown`.
    /// - Parameters:
    ///   - grace: How long they may take to stop; then those still running are cancelled.
    ///   - report: Is told, in one line, when a service ends before it was asked to or does not stop in time.
    public init(
        _ services: [any Service], shutdown: ShutdownSignal, grace: Duration = .seconds(30),
        clock: any WallClock = SystemClock(), report: @escaping @Sendable (String) -> Void
    ) {
        self.services = services
        self.shutdown = shutdown
        self.grace = grace
        self.clock = clock
        self.report = report
    }

    /// Runs until every service has returned; the first that ends early stops the rest.
    /// - Throws: The first failure of a service.
    public func run() async throws {
        let failure = await withTaskGroup(of: End.self) { group in
            for (index, service) in services.enumerated() {
                group.addTask { .service(index: index, failure: await run(service)) }
            }
            group.addTask {
                await shutdown.wait()
                // Cancelled as soon as every service has stopped, and then of no meaning.
                do { try await clock.sleep(for: grace) } catch { return .nothing }
                return .graceIsOver
            }
            return await firstFailure(of: &group)
        }
        if let failure { throw failure }
    }

    private func run(_ service: any Service) async -> (any Error)? {
        defer { shutdown.trigger() }
        do {
            try await service.run(until: shutdown)
            if !shutdown.isTriggered { report("service \(service.name) ended by itself; stopping") }
            return nil
        } catch {
            report("service \(service.name) failed: \(error)")
            return error
        }
    }

    private func firstFailure(of group: inout TaskGroup<End>) async -> (any Error)? {
        var running = Set(services.indices)
        var first: (any Error)?
        while !running.isEmpty, let end = await group.next() {
            switch end {
            case .service(let index, let failure):
                running.remove(index)
                first = first ?? failure
            case .graceIsOver:
                let names = running.sorted().map { services[$0].name }.joined(separator: ", ")
                report("not stopped within \(grace): \(names); cancelling")
                group.cancelAll()
            case .nothing: break
            }
        }
        group.cancelAll()
        return first
    }
}
