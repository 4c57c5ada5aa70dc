import FoundationEssentials
public import Web
public import Workflows

/// One line of a job's timeline.
public struct TimelineAnswer: ResponseModel {
    private let entry: TimelineEntry

    /// Shows `entry`.
    public init(_ entry: TimelineEntry) { self.entry = entry }

    /// Writes every member, also those that are null.
    public func encode(to encoder: any Encoder) throws {
        let json: JSONValue = [
            "time": .time(entry.time), "kind": .string(entry.kind.rawValue), "text": .string(entry.text),
            "subject": .text(entry.subject), "undone": .boolean(entry.isUndone),
            "attempt": entry.attempt.map(Self.json) ?? .null,
        ]
        try json.encode(to: encoder)
    }

    private static func json(_ attempt: ActivityAttempt) -> JSONValue {
        [
            "number": .integer(Int64(attempt.number)), "outcome": .string(attempt.outcome.rawValue),
            "worker": .text(attempt.worker), "scheduled_at": .time(attempt.scheduledAt),
            "started_at": .time(attempt.startedAt), "ended_at": .time(attempt.endedAt),
            "seconds": attempt.seconds.map { .number($0) } ?? .null, "failure": .failure(attempt.failure),
        ]
    }

    /// The shape.
    public static let schema = JSONSchema.object(
        "TimelineEntry",
        [
            .property("time", .timestamp),
            .property("kind", .enumeration(TimelineEntry.Kind.allCases.map(\.rawValue))),
            .property("text", .string()), .property("subject", .nullable(.string())),
            .property("undone", .boolean(), doc: "Whether a later retry took it back."),
            .property("attempt", .nullable(attempt)),
        ])
    private static let attempt = JSONSchema.object(
        "Attempt",
        [
            .property("number", .integer()),
            .property("outcome", .enumeration(ActivityAttempt.Outcome.allCases.map(\.rawValue))),
            .property("worker", .nullable(.string()), doc: "host:pid"),
            .property("scheduled_at", .nullable(.timestamp)), .property("started_at", .nullable(.timestamp)),
            .property("ended_at", .nullable(.timestamp)), .property("seconds", .nullable(.number())),
            .property("failure", .nullable(.failure)),
        ])

    /// An attempt that failed.
    public static var example: TimelineAnswer {
        let time = Date(timeIntervalSince1970: 1_767_225_600)
        let attempt = ActivityAttempt(
            number: 1, outcome: .failed, worker: "studio:4242", scheduledAt: time, startedAt: time,
            endedAt: time.addingTimeInterval(1.5),
            failure: WorkflowFailure(kind: "unavailable", message: "HTTP 502.", activity: "CallProvider", attempts: 1))
        return TimelineAnswer(
            TimelineEntry(
                time: time, kind: .attempt,
                text: "Attempt 1 of CallProvider-1 failed after 1.5 s on studio:4242: HTTP 502.",
                subject: "CallProvider-1", attempt: attempt))
    }
}

/// Why a job is where it is.
public struct ExplanationAnswer: ResponseModel {
    private let explanation: WorkflowExplanation

    /// Shows `explanation`.
    public init(_ explanation: WorkflowExplanation) { self.explanation = explanation }

    /// Writes every member, also those that are null.
    public func encode(to encoder: any Encoder) throws {
        let json: JSONValue = [
            "code": .string(explanation.code.rawValue), "sentence": .string(explanation.sentence),
            "until": .time(explanation.until),
        ]
        try json.encode(to: encoder)
    }

    /// The shape.
    public static let schema = JSONSchema.object(
        "Explanation",
        [
            .property("code", .enumeration(WorkflowExplanation.Code.allCases.map(\.rawValue))),
            .property("sentence", .string()),
            .property("until", .nullable(.timestamp), doc: "When it goes on, where that is known."),
        ])

    /// A job in a line.
    public static var example: ExplanationAnswer {
        ExplanationAnswer(WorkflowExplanation(.waiting, "Waiting: place 14 for a workflow slot; 512 are in memory."))
    }
}
