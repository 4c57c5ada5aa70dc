import Concurrency

/// API, console and workers in one process.
enum ServeCommand: Command {
    static let specification = CommandSpecification(
        name: "serve", summary: "Runs the API and the workers in one process.")

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        try await Server.run(roles: [.api, .worker])
    }
}

/// The API alone: work is taken in and waits for a worker.
enum APICommand: Command {
    static let specification = CommandSpecification(
        name: "api", summary: "Runs the API alone; start workers beside it.")

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        try await Server.run(roles: [.api])
    }
}

/// Workers alone.
enum WorkerCommand: Command {
    static let specification = CommandSpecification(
        name: "worker", summary: "Runs workers alone.",
        options: ["queue": "a task queue to serve; may be repeated (default: all)"])

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        try await Server.run(roles: [.worker], queues: arguments.all("queue"))
    }
}
