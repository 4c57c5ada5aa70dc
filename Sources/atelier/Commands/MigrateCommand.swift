import Observability

/// Brings the tables up to date without serving.
enum MigrateCommand: Command {
    static let specification = CommandSpecification(
        name: "migrate", summary: "Brings the database's tables up to date; serving does so by itself.")

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let settings = try ProgramSettings.load(writingSecrets: false)
        let composition = try await Composition(settings, logger: .silent, metrics: Metrics())
        await composition.close()
        Terminal.out("the tables are up to date")
        return .done
    }
}
