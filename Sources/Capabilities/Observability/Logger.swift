/// How much a line matters.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    /// Orders by importance.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A value in a log line: kept typed, so that JSON logs hold numbers as numbers.
public enum LogValue: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation
{
    case text(String)
    case integer(Int)
    case number(Double)

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
}

/// What everything logged inside a request or a job carries: `request_id`, `job_id`.
public enum LogContext {
    /// The fields of the current task, inherited by its children.
    @TaskLocal public static var fields: [String: LogValue] = [:]

    /// Runs `body` with `added` joined to the current fields.
    public static func with<Result>(
        _ added: [String: LogValue], isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result {
        try await $fields.withValue(fields.merging(added) { _, new in new }, operation: body)
    }
}

/// Where log lines go.
public protocol LogSink: Sendable {
    /// Writes one line; must not block for long and must not fail.
    func write(_ line: LogLine)
}

/// One line before it is put into words.
public struct LogLine: Sendable {
    /// The importance.
    public var level: LogLevel
    /// The part of the program that speaks: `http`, `worker`.
    public var label: String
    /// What happened, the same words each time; what differs is in `fields`.
    public var message: String
    /// What differs, with the fields of ``LogContext`` merged in.
    public var fields: [String: LogValue]

    /// Creates a line.
    public init(level: LogLevel, label: String, message: String, fields: [String: LogValue] = [:]) {
        self.level = level
        self.label = label
        self.message = message
        self.fields = fields
    }
}

/// Writes structured lines for one part of the program.
public struct Logger: Sendable {
    private let label: String
    private let sink: any LogSink
    private let minimum: LogLevel

    /// Creates a logger that drops lines below `minimum`.
    public init(label: String, minimum: LogLevel = .info, sink: any LogSink) {
        self.label = label
        self.sink = sink
        self.minimum = minimum
    }

    /// The same sink and level under another label.
    public func labelled(_ label: String) -> Logger { Logger(label: label, minimum: minimum, sink: sink) }

    /// Detail for whoever hunts a fault.
    public func debug(_ message: String, _ fields: [String: LogValue] = [:]) { log(.debug, message, fields) }
    /// What an operator may want to see.
    public func info(_ message: String, _ fields: [String: LogValue] = [:]) { log(.info, message, fields) }
    /// Something went wrong and was dealt with.
    public func warning(_ message: String, _ fields: [String: LogValue] = [:]) { log(.warning, message, fields) }
    /// Something went wrong and somebody should look.
    public func error(_ message: String, _ fields: [String: LogValue] = [:]) { log(.error, message, fields) }

    private func log(_ level: LogLevel, _ message: String, _ fields: [String: LogValue]) {
        guard level >= minimum else { return }
        let all = LogContext.fields.merging(fields) { _, own in own }
        sink.write(LogLine(level: level, label: label, message: message, fields: all))
    }
}

/// Drops every line, for tests and tools.
public struct SilentLog: LogSink {
    /// Creates the sink.
    public init() {}
    /// Does nothing.
    public func write(_ line: LogLine) {}
}

extension Logger {
    /// A logger nobody hears.
    public static let silent = Logger(label: "silent", sink: SilentLog())
}
