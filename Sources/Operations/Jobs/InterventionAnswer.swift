public import Web
public import Workflows

/// What became of an operator's request.
struct InterventionAnswer: ResponseModel {
    let id: String
    let result: String

    static let schema = JSONSchema.object(
        "Intervention", [.property("id", .string()), .property("result", .string(), doc: "What is true now.")])
    static let example = InterventionAnswer(id: "campaign-1", result: "It goes on; 2 finished steps are kept.")
}

/// What became of a request about many jobs.
public struct BulkAnswer: ResponseModel {
    private let outcome: BulkOutcome
    private let isDryRun: Bool

    /// Shows `outcome`.
    public init(_ outcome: BulkOutcome, isDryRun: Bool) {
        self.outcome = outcome
        self.isDryRun = isDryRun
    }

    /// Writes every member, also those that are null.
    public func encode(to encoder: any Encoder) throws {
        let refusals = outcome.refusals.map { refusal -> JSONValue in
            ["id": .string(refusal.id.rawValue), "reason": .string(refusal.reason)]
        }
        let json: JSONValue = [
            "dry_run": .boolean(isDryRun), "matched": .integer(Int64(outcome.matched)),
            "changed": .integer(Int64(outcome.changed)), "refused": .integer(Int64(outcome.refused)),
            "refusals": .array(refusals), "next_cursor": .text(outcome.next),
        ]
        try json.encode(to: encoder)
    }

    /// The shape.
    public static let schema = JSONSchema.object(
        "BulkOutcome",
        [
            .property("dry_run", .boolean()), .property("matched", .integer()),
            .property("changed", .integer(), doc: "In a dry run, how many would be tried."),
            .property("refused", .integer()), .property("refusals", .array(of: refusal), doc: "The first hundred."),
            .property("next_cursor", .nullable(.string()), doc: "Where to go on when the limit was reached."),
        ])
    private static let refusal = JSONSchema.object(
        "Refusal", [.property("id", .string()), .property("reason", .string())])

    /// Three of four jobs.
    public static var example: BulkAnswer {
        var outcome = BulkOutcome()
        (outcome.matched, outcome.changed, outcome.refused) = (4, 3, 1)
        return BulkAnswer(outcome, isDryRun: false)
    }
}

/// The body of `POST /admin/jobs/bulk`.
struct BulkRequest: Sendable {
    let intervention: Intervention
    let filter: WorkflowFilter
    let reason: String?
    let limit: Int
    let isDryRun: Bool

    static let schema: Schema<BulkRequest> = Schema<Draft>.object(
        "BulkRequest", .required("action", .enumeration(of: Intervention.self)),
        .required("filter", filter), .optional("reason", .string(length: 1...500)),
        .optional("limit", .integer(1...1000), default: 1000, doc: "Jobs looked at in one request."),
        .optional("cursor", .string(length: 1...30), doc: "next_cursor of the request before."),
        .optional("dry_run", .boolean, default: false, doc: "Only counts."),
        .optional("all", .boolean, default: false, doc: "Needed when the filter is empty.")
    ) { action, filter, reason, limit, cursor, isDryRun, isAll in
        Draft(
            intervention: action, filter: filter, reason: reason, limit: limit, cursor: cursor, isDryRun: isDryRun,
            isAll: isAll)
    }.map { draft throws(SchemaFault) in try draft.request }

    private struct Draft: Sendable {
        let intervention: Intervention
        let filter: WorkflowFilter
        let reason: String?
        let limit: Int
        let cursor: String?
        let isDryRun: Bool
        let isAll: Bool

        var request: BulkRequest {
            get throws(SchemaFault) {
                guard !filter.isEmpty || isAll else {
                    throw SchemaFault("Give at least one condition, or \"all\": true", at: ["filter"])
                }
                var filter = filter
                filter.after = cursor
                return BulkRequest(
                    intervention: intervention, filter: filter, reason: reason, limit: limit, isDryRun: isDryRun)
            }
        }
    }

    private static let filter: Schema<WorkflowFilter> = .object(
        "JobFilter", .optional("status", .enumeration(of: WorkflowStatus.self)),
        .optional("workflow", .string(length: 1...200)), .optional("owner", .string(length: 1...200)),
        .optional("failure_kind", .string(length: 1...100)), .optional("started_after", .timestamp),
        .optional("started_before", .timestamp), .optional("queue", .string(length: 1...100))
    ) { status, workflow, owner, kind, after, before, queue in
        WorkflowFilter(
            status: status, workflow: workflow, owner: owner, failureKind: kind, startedAfter: after,
            startedBefore: before, queue: queue.map(TaskQueue.init(rawValue:)))
    }
}
