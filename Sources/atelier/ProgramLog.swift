import Observability
import Settings

/// The program's log: lines on standard output as the settings say, and JSON lines in rotated files.
struct ProgramLog: Sendable {
    let logger: Logger
    private let sink: BackgroundLog

    /// Opens the files.
    /// - Parameter name: The file's name in the log folder: one for each role, so that two processes never share one.
    /// - Throws: ``LogFileError`` when they cannot be opened.
    init(_ settings: ProgramSettings, name: String) throws {
        let format: LogFormat = settings[LogSettings.format] == .json ? .json : .human(on: 1)
        sink = BackgroundLog([
            .standardOutput(format), try .file("\(settings[LogSettings.folder])/\(name).log", .json),
        ])
        logger = Logger(label: "atelier", minimum: settings[LogSettings.level], sink: sink)
    }

    /// Writes what is still waiting.
    func close() async { await sink.flush() }
}
