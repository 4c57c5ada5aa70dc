/// Runs the program's services together and stops them together.
public struct ServiceGroup: Sendable {
    private let services: [any Service]
    private let shutdown: ShutdownSignal
    private let report: @Sendable (String) -> Void

    /// Prepares to run `services`, which stop in the reverse of this order of importance: all at once, on `shutdown`.
    /// - Parameter report: Is told, in one line, when a service ends before it was asked to.
    public init(_ services: [any Service], shutdown: ShutdownSignal, report: @escaping @Sendable (String) -> Void) {
        self.services = services
        self.shutdown = shutdown
        self.report = report
    }

    /// Runs until every service has returned; the first that ends early stops the rest.
    /// - Throws: The first failure of a service.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask {
                    do {
                        try await service.run(until: shutdown)
                        if !shutdown.isTriggered { report("service \(service.name) ended by itself; stopping") }
                    } catch {
                        report("service \(service.name) failed: \(error)")
                        shutdown.trigger()
                        throw error
                    }
                    shutdown.trigger()
                }
            }
            try await group.waitForAll()
        }
    }
}
