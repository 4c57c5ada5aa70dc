public import Concurrency
import Identity
public import Web
public import Workflows

/// The jobs of every studio, for whoever looks after them.
public struct JobRoutes: Sendable {
    private let engine: any WorkflowSupervisor
    private let access: Access
    private let clock: any WallClock

    /// Creates the routes.
    public init(engine: any WorkflowSupervisor, access: Access, clock: any WallClock) {
        self.engine = engine
        self.access = access
        self.clock = clock
    }

    /// Adds them.
    public func register(in router: inout Router) {
        router.add(list)
        router.add(show)
        router.add(timeline)
        router.add(explain)
        router.add(events)
        router.add(retry)
        for intervention in [Intervention.cancel, .pause, .resume, .release] { router.add(route(for: intervention)) }
        router.add(bulk)
    }

    private static let tags = ["Jobs"]

    private static let id = Input<WorkflowID>.path(
        "id",
        Schema<String>.string(length: 1...WorkflowID.maximumLength).map { text throws(SchemaFault) in
            do throws(InvalidWorkflowID) { return try WorkflowID(text) } catch {
                throw SchemaFault("Input should be a job's id: \(error)", type: "job_id")
            }
        }, doc: "The job's id, such as campaign-1.")

    private var list: Route {
        Route(
            .get, "/admin/jobs", summary: "List jobs, newest first", tags: Self.tags, access: access,
            .query(optional: "status", .enumeration(of: WorkflowStatus.self)),
            .query(optional: "workflow", .string(length: 1...200), doc: "The workflow's name."),
            .query(optional: "owner", .string(length: 1...200), doc: "Whose jobs."),
            .query(optional: "failure_kind", .string(length: 1...100), doc: "The kind of the failure that ended them."),
            .query(optional: "started_after", .timestamp), .query(optional: "started_before", .timestamp),
            .query(optional: "queue", .string(length: 1...100), doc: "A queue that an activity of theirs is in."),
            .limit, .cursor(as: Int.self), returns: .ok(Page<JobAnswer>.self)
        ) { [engine] _, status, workflow, owner, kind, after, before, queue, limit, cursor in
            let filter = WorkflowFilter(
                status: status, workflow: workflow, owner: owner, failureKind: kind, startedAfter: after,
                startedBefore: before, queue: queue.map(TaskQueue.init(rawValue:)), after: cursor.map { String($0) },
                limit: limit)
            let page = try await engine.list(filter)
            return Page(page.workflows.map { JobAnswer($0) }, next: page.next)
        }
    }

    private var show: Route {
        Route(
            .get, "/admin/jobs/{id}", summary: "Read a job", tags: Self.tags, access: access, Self.id,
            returns: .ok(JobAnswer.self), errors: [.notFound]
        ) { [engine] _, id in
            guard let job = try await engine.describe(id) else { throw JobNotFound(id: id) }
            return JobAnswer(job)
        }
    }

    private var timeline: Route {
        Route(
            .get, "/admin/jobs/{id}/timeline", summary: "What happened to a job, oldest first",
            doc: "Events, decisions, and every attempt of every activity: when, where, how long, and its error.",
            tags: Self.tags, access: access, Self.id, .limit, .cursor(as: Int.self),
            returns: .ok(Page<TimelineAnswer>.self), errors: [.notFound]
        ) { [engine] _, id, limit, cursor in
            guard let timeline = try await engine.timeline(of: id, after: cursor ?? 0, limit: limit) else {
                throw JobNotFound(id: id)
            }
            return Page(timeline.entries.map { TimelineAnswer($0) }, next: timeline.next)
        }
    }

    private var explain: Route {
        Route(
            .get, "/admin/jobs/{id}/explain", summary: "Why a job is where it is", tags: Self.tags, access: access,
            Self.id, returns: .ok(ExplanationAnswer.self), errors: [.notFound]
        ) { [engine] _, id in
            guard let explanation = try await engine.explain(id) else { throw JobNotFound(id: id) }
            return ExplanationAnswer(explanation)
        }
    }

    private var events: Route {
        Route(
            raw: .get, "/admin/jobs/{id}/events", summary: "Follow a job",
            doc: "Server-sent events named state, each the job as GET shows it; the stream ends with the job.",
            tags: Self.tags, access: access, Self.id,
            returns: [DocumentedResponse(status: 200, doc: "Events", mediaType: "text/event-stream")],
            errors: [.notFound]
        ) { [engine, clock] _, id in
            guard try await engine.describe(id) != nil else { throw JobNotFound(id: id) }
            return .events(clock: clock) { stream in
                try await engine.watch(id, clock: clock) { job in
                    try await stream.send(ServerSentEvent(name: "state", json: JobAnswer(job)))
                }
            }
        }
    }
}

// What changes a job.
extension JobRoutes {
    private var retry: Route {
        Route(
            .post, "/admin/jobs/{id}/retry", summary: "Let a job try again",
            doc: """
                A waiting attempt begins now; a failed job goes on from before its failure, and what it had finished is \
                kept.
                """,
            tags: Self.tags, access: access, Self.id,
            .query(
                optional: "from", .string(length: 1...200),
                doc: "An activity's id: go on from before its end, whatever that was."),
            returns: .ok(InterventionAnswer.self), errors: [.notFound, .conflict]
        ) { [engine] _, id, activity in
            try Self.answer(try await engine.retry(id, from: activity), about: id)
        }
    }

    private func route(for intervention: Intervention) -> Route {
        Route(
            .post, "/admin/jobs/{id}/\(intervention.rawValue)", summary: intervention.summary, tags: Self.tags,
            access: access, Self.id,
            .query(optional: "reason", .string(length: 1...500), doc: "What for; shown with the job."),
            returns: .ok(InterventionAnswer.self), errors: [.notFound, .conflict]
        ) { [engine] context, id, reason in
            let outcome = try await engine.intervene(
                intervention, in: id, by: context.principal?.name, reason: reason)
            return try Self.answer(outcome, about: id)
        }
    }

    private var bulk: Route {
        Route(
            .post, "/admin/jobs/bulk", summary: "Change every job that fits a filter",
            doc: "Newest first, each by itself. A dry run counts what fits.", tags: Self.tags, access: access,
            .body(BulkRequest.schema), returns: .ok(BulkAnswer.self)
        ) { [engine] context, request in
            let outcome = try await engine.intervene(
                request.intervention, inAll: request.filter, by: context.principal?.name, reason: request.reason,
                limit: request.limit, isDryRun: request.isDryRun)
            return BulkAnswer(outcome, isDryRun: request.isDryRun)
        }
    }

    private static func answer(
        _ outcome: InterventionOutcome, about id: WorkflowID
    ) throws -> InterventionAnswer {
        switch outcome {
        case .done(let sentence): return InterventionAnswer(id: id.rawValue, result: sentence)
        case .notFound: throw JobNotFound(id: id)
        case .refused(let reason): throw HTTPError.conflict(reason)
        }
    }
}

extension Intervention {
    fileprivate var summary: String {
        switch self {
        case .retry: "Let a job try again"
        case .cancel: "Ask a job to stop"
        case .pause: "Pause a job: what runs may end, nothing new begins"
        case .resume: "Let a paused job go on"
        case .release: "Let a parked job be tried again"
        }
    }
}

/// There is no job of that id.
struct JobNotFound: HTTPConvertibleError {
    let id: WorkflowID
    var httpError: HTTPError { .notFound("There is no job \(id)") }
}
