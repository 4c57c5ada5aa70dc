import Glibc

/// Finds the command and runs it.
enum Program {
    static let version = "0.1.0"

    /// Every command in the order that `--help` lists them.
    static var commands: [any Command.Type] {
        [
            ServeCommand.self, APICommand.self, WorkerCommand.self, MigrateCommand.self, JobsCommand.self,
            QueuesCommand.self, WebhooksCommand.self, DoctorCommand.self, DemoCommand.self, BenchCommand.self,
        ]
    }

    /// Runs the command that the program was called with and ends the program with its exit code.
    static func launch() {
        let words = Array(CommandLine.arguments.dropFirst())
        Task.detached { exit(await run(words).rawValue) }
    }

    private static func run(_ words: [String]) async -> ExitCode {
        guard let name = words.first, !["--help", "-h", "help"].contains(name) else {
            Terminal.out(help)
            return words.isEmpty ? .wrongUsage : .done
        }
        if name == "--version" {
            Terminal.out("atelier \(version)")
            return .done
        }
        guard let command = commands.first(where: { $0.specification.name == name }) else {
            Terminal.error("atelier: there is no command '\(name)'; atelier --help lists them")
            return .wrongUsage
        }
        if words.contains("--help") || words.contains("-h") {
            Terminal.out(command.specification.help)
            return .done
        }
        return await run(command, words)
    }

    private static func run(_ command: any Command.Type, _ words: [String]) async -> ExitCode {
        do {
            return try await command.run(Arguments(words, allowing: command.specification))
        } catch let error as UsageError {
            Terminal.error("atelier: \(error.message); see atelier \(command.specification.name) --help")
            return .wrongUsage
        } catch let code as ExitCode {
            return code
        } catch {
            Terminal.error("atelier: \(error)")
            return .failed
        }
    }

    private static var help: String {
        var lines = [
            "atelier \(version): generative picture work as durable jobs", "", "usage: atelier COMMAND [options]", "",
        ]
        lines += commands.map { "  " + $0.specification.name.padded(to: 12) + $0.specification.summary }
        lines += ["", "atelier COMMAND --help says more. Settings come from the environment and .env."]
        return lines.joined(separator: "\n")
    }
}

/// One thing that the program can be told to do.
protocol Command {
    static var specification: CommandSpecification { get }

    /// Does it.
    /// - Throws: ``UsageError`` for exit code 2; ``ExitCode`` once the reason was printed; anything else for 1.
    static func run(_ arguments: Arguments) async throws -> ExitCode
}
