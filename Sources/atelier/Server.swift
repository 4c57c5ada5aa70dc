import Concurrency
import Database
import Observability
import Settings
import Web

/// What a process does.
enum Role: String {
    case api, worker
}

/// Runs the program's services until it is told to stop.
enum Server {
    /// - Parameter queues: The task queues that a worker serves; empty for all.
    static func run(roles: Set<Role>, queues: [String] = []) async throws -> ExitCode {
        let settings = try ProgramSettings.load(writingSecrets: true)
        let log = try ProgramLog(settings, name: roles == [.worker] ? "worker" : "atelier")
        let composition = try await Composition(settings, logger: log.logger, metrics: Metrics())
        let shutdown = ShutdownSignal()
        Signals.stop(shutdown)
        do {
            if roles == [.worker] { Terminal.out("atelier is ready to work") }
            try await serve(composition, roles: roles, queues: queues, until: shutdown) { url in
                Terminal.out("atelier is ready at \(url)")
            }
        } catch {
            await composition.close()
            await log.close()
            throw error
        }
        await composition.close()
        await log.close()
        return .done
    }

    /// Runs the services of `roles`.
    /// - Parameter onReady: Is told the public URL once requests are answered.
    static func serve(
        _ composition: Composition, roles: Set<Role>, queues: [String] = [], until shutdown: ShutdownSignal,
        onReady: @escaping @Sendable (String) -> Void
    ) async throws {
        var services = composition.engineServices(for: roles)
        if roles.contains(.worker) { services += [composition.worker(queues: queues)] + composition.sweeps }
        if roles.contains(.api) {
            services.append(
                composition.server { port in
                    let host = composition.settings[WebSettings.host]
                    if composition.settings[WebSettings.port] == 0 {
                        composition.publicURL.replace(with: "http://\(host):\(port)")
                    }
                    onReady("http://\(host):\(port)")
                })
        }
        try await ServiceGroup(services, shutdown: shutdown) { fault in
            composition.logger.error("service ended", ["cause": .text(fault)])
        }.run()
    }
}

extension Composition {
    /// Closes what was opened, after the last service has ended.
    func close() async {
        await engine.close()
        await database.close()
    }
}
