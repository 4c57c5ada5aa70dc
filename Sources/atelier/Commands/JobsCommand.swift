import FoundationEssentials
import Observability
import Workflows

/// Looks after jobs: directly in the database, with or without a server beside it.
enum JobsCommand: Command {
    static let specification = CommandSpecification(
        name: "jobs", summary: "Lists, explains, retries, cancels, pauses and resumes jobs.",
        subjects: [
            "list": "jobs, newest first", "show": "a job and its timeline", "explain": "why a job is where it is",
            "retry": "let a job try again: a failed one goes on from before its failure", "cancel": "ask to stop",
            "pause": "let nothing new of it begin", "resume": "let a paused one go on",
            "release": "let a parked one be tried again",
        ],
        operandSubjects: ["show", "explain", "retry", "cancel", "pause", "resume", "release"], operandName: "ID",
        options: [
            "status": "running, completed, failed, cancelled or timedOut", "workflow": "the workflow's name",
            "owner": "whose jobs", "failure-kind": "the kind of the failure that ended them",
            "started-after": "a time like 2026-01-31T09:30:00Z, or a day", "started-before": "the same",
            "queue": "a task queue that an activity of theirs is in",
            "limit": "jobs listed or changed, 1 to 10000 (default: 50, 1000)", "cursor": "where the list goes on",
            "from": "retry: an activity's id, whose end is taken back", "reason": "pause, cancel: what for",
        ],
        flags: [
            "json": "as JSON", "dry-run": "count what would be changed", "all": "change jobs without any condition",
        ])

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard let verb = arguments.subject else { throw UsageError("jobs needs a word such as list, show or retry") }
        let request = try JobsRequest(verb, arguments)
        let settings = try ProgramSettings.load(writingSecrets: false)
        let composition = try await Composition(settings, logger: .silent, metrics: Metrics())
        do {
            let code = try await request.run(on: composition.engine.client)
            await composition.close()
            return code
        } catch {
            await composition.close()
            throw error
        }
    }
}

/// What `atelier jobs` was asked for, checked before the database is opened.
struct JobsRequest {
    enum Subject {
        case list
        case one(String, WorkflowID)
        case many(Intervention)
    }
    let subject: Subject
    let filter: WorkflowFilter
    let limit: Int
    let from: String?
    let reason: String?
    let showsJSON: Bool
    let isDryRun: Bool

    init(_ verb: String, _ arguments: Arguments) throws(UsageError) {
        filter = try WorkflowFilter(arguments)
        limit = try arguments.integer("limit", in: 1...10_000, default: verb == "list" ? 50 : 1000)
        from = arguments.value("from")
        reason = arguments.value("reason")
        showsJSON = arguments.has("json")
        isDryRun = arguments.has("dry-run")
        if verb == "list" {
            subject = .list
        } else if let word = arguments.operand {
            guard filter.isEmpty, !isDryRun, !arguments.has("all") else {
                throw UsageError("give either an id or a filter")
            }
            guard let id = WorkflowID(rawValue: word) else { throw UsageError("\(InvalidWorkflowID())") }
            subject = .one(verb, id)
        } else if let intervention = Intervention(rawValue: verb) {
            guard !filter.isEmpty || arguments.has("all") else {
                throw UsageError("\(verb) needs an id, a filter such as --status failed, or --all")
            }
            subject = .many(intervention)
        } else {
            throw UsageError("\(verb) needs an id")
        }
        if from != nil, verb != "retry" { throw UsageError("--from belongs to retry") }
    }

    func run(on engine: any WorkflowSupervisor) async throws -> ExitCode {
        let desk = JobsDesk(engine: engine, showsJSON: showsJSON)
        switch subject {
        case .list: return try await desk.list(filter, limit: limit)
        case .one("show", let id): return try await desk.show(id)
        case .one("explain", let id): return try await desk.explain(id)
        case .one("retry", let id): return desk.tell(try await engine.retry(id, from: from), about: id)
        case .one(let verb, let id):
            guard let intervention = Intervention(rawValue: verb) else { throw UsageError("jobs knows no \(verb)") }
            let outcome = try await engine.intervene(intervention, in: id, by: operatorName, reason: reason)
            return desk.tell(outcome, about: id)
        case .many(let intervention):
            let outcome = try await engine.intervene(
                intervention, inAll: filter, by: operatorName, reason: reason, limit: limit, isDryRun: isDryRun)
            return try desk.tell(outcome, of: intervention, isDryRun: isDryRun)
        }
    }

    /// Who sits at the terminal.
    private var operatorName: String? { ProcessInfo.processInfo.environment["USER"] }
}
