import FoundationEssentials
public import Web
public import Workflows

/// A job as operators see it.
public struct JobAnswer: ResponseModel {
    private let job: WorkflowDescription

    /// Shows `job`.
    public init(_ job: WorkflowDescription) { self.job = job }

    /// Writes every member, also those that are null.
    public func encode(to encoder: any Encoder) throws { try JSONValue.object(json).encode(to: encoder) }

    private var json: JSONObject {
        [
            "id": .string(job.id.rawValue), "workflow": .string(job.workflow), "status": .string(job.status.rawValue),
            "step": .string(job.step), "progress": .integer(Int64(job.progress)), "owner": .text(job.owner),
            "memo": .texts(job.memo), "started_at": .time(job.startedAt), "closed_at": .time(job.closedAt),
            "reopenings": .integer(Int64(job.reopenings)),
            "pause": job.pause.map {
                ["since": .time($0.since), "by": .text($0.by), "reason": .text($0.reason)]
            } ?? .null,
            "failure": .failure(job.failure), "problem": .text(job.problem),
            "activities": .array(job.pendingActivities.map(Self.json)),
        ]
    }

    private static func json(_ activity: PendingActivity) -> JSONValue {
        [
            "id": .string(activity.id), "activity": .string(activity.activity),
            "queue": .string(activity.taskQueue.rawValue), "state": .string(activity.state.rawValue),
            "attempt": .integer(Int64(activity.attempt)), "next_attempt_at": .time(activity.nextAttemptAt),
            "last_failure": .failure(activity.lastFailure),
        ]
    }

    /// The shape.
    public static let schema = JSONSchema.object(
        "Job",
        [
            .property("id", .string()), .property("workflow", .string()),
            .property("status", .enumeration(WorkflowStatus.allCases.map(\.rawValue))), .property("step", .string()),
            .property("progress", .integer(), doc: "Percent."), .property("owner", .nullable(.string())),
            .property("memo", .map(of: .string())), .property("started_at", .timestamp),
            .property("closed_at", .nullable(.timestamp)),
            .property("reopenings", .integer(), doc: "How often it went on after it had ended."),
            .property("pause", .nullable(pause)), .property("failure", .nullable(.failure)),
            .property("problem", .nullable(.string()), doc: "Why its code cannot go on."),
            .property("activities", .array(of: activity), doc: "What it waits for; lists leave it empty."),
        ])
    private static let pause = JSONSchema.object(
        "JobPause",
        [
            .property("since", .timestamp), .property("by", .nullable(.string())),
            .property("reason", .nullable(.string())),
        ])
    private static let activity = JSONSchema.object(
        "JobActivity",
        [
            .property("id", .string()), .property("activity", .string()), .property("queue", .string()),
            .property("state", .string()), .property("attempt", .integer()),
            .property("next_attempt_at", .nullable(.timestamp)), .property("last_failure", .nullable(.failure)),
        ])

    /// A job that failed.
    public static var example: JobAnswer {
        let time = Date(timeIntervalSince1970: 1_767_225_600)
        return JobAnswer(
            WorkflowDescription(
                id: "campaign-1", runID: RunID(rawValue: "9a4c"), workflow: "ProcessCampaign", status: .failed,
                step: "rendering", progress: 40, result: nil,
                failure: WorkflowFailure(
                    kind: "missing", message: "There is no such picture.", activity: "CheckUpload", attempts: 1),
                problem: nil, owner: "atelier", memo: ["studio": "campaigns", "job_id": "1"], startedAt: time,
                closedAt: time.addingTimeInterval(2)))
    }
}

extension JSONValue {
    static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    static func time(_ value: Date?) -> JSONValue { value.map { .string($0.iso8601) } ?? .null }

    static func texts(_ values: [String: String]) -> JSONValue {
        var object = JSONObject()
        // In one order, so that two answers about the same job are the same.
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        return .object(object)
    }

    /// Without the cause, which is for the log.
    static func failure(_ failure: WorkflowFailure?) -> JSONValue {
        guard let failure else { return .null }
        return [
            "kind": .string(failure.kind), "message": .string(failure.message), "activity": .text(failure.activity),
            "attempts": .integer(Int64(failure.attempts)),
        ]
    }
}

extension JSONSchema {
    static let failure = JSONSchema.object(
        "JobFailure",
        [
            .property("kind", .string()), .property("message", .string()), .property("activity", .nullable(.string())),
            .property("attempts", .integer()),
        ])
}
