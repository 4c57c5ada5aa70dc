import FoundationEssentials
import Operations
import Web
import Workflows

/// Prints what `atelier jobs` finds and does: tables for people, the API's own JSON for scripts.
struct JobsDesk {
    let engine: any WorkflowSupervisor
    let showsJSON: Bool

    func list(_ filter: WorkflowFilter, limit: Int) async throws -> ExitCode {
        var filter = filter
        var jobs: [WorkflowDescription] = []
        repeat {
            filter.limit = min(200, limit - jobs.count)
            let page = try await engine.list(filter)
            jobs += page.workflows
            filter.after = page.next
        } while filter.after != nil && jobs.count < limit
        if showsJSON { return try json(JobList(items: jobs.map { JobAnswer($0) }, cursor: filter.after)) }
        let header = ["ID", "WORKFLOW", "STATUS", "STEP", "STARTED", "OWNER"]
        Terminal.out(TextTable(header, jobs.map(Self.row)).text)
        if let cursor = filter.after { Terminal.out("more with --cursor \(cursor)") }
        return .done
    }

    private static func row(_ job: WorkflowDescription) -> [String] {
        let status = job.pause == nil ? job.status.rawValue : "paused"
        let step = job.step.isEmpty ? "-" : "\(job.step) \(job.progress) %"
        return [job.id.rawValue, job.workflow, status, step, job.startedAt.iso8601, job.owner ?? "-"]
    }

    func show(_ id: WorkflowID) async throws -> ExitCode {
        guard let job = try await engine.describe(id) else { return unknown(id) }
        if showsJSON { return try json(JobAnswer(job)) }
        var lines = ["\(job.id): \(job.workflow), \(job.status.rawValue)"]
        if let explanation = try await engine.explain(id) { lines.append(explanation.sentence) }
        if let cause = job.failure?.cause { lines.append("cause: \(cause)") }
        lines.append("")
        var next: Int? = 0
        while let after = next {
            guard let page = try await engine.timeline(of: id, after: after, limit: 1000) else { break }
            lines += page.entries.map { "\($0.time.iso8601)  \($0.isUndone ? "(undone) " : "")\($0.text)" }
            next = page.next
        }
        Terminal.out(lines.joined(separator: "\n"))
        return .done
    }

    func explain(_ id: WorkflowID) async throws -> ExitCode {
        guard let explanation = try await engine.explain(id) else { return unknown(id) }
        if showsJSON { return try json(ExplanationAnswer(explanation)) }
        Terminal.out(explanation.sentence)
        return .done
    }

    func tell(_ outcome: InterventionOutcome, about id: WorkflowID) -> ExitCode {
        switch outcome {
        case .done(let sentence):
            Terminal.out("\(id): \(sentence)")
            return .done
        case .notFound: return unknown(id)
        case .refused(let reason):
            Terminal.error("atelier: \(id): \(reason)")
            return .failed
        }
    }

    /// 1 when something could not be changed.
    func tell(_ outcome: BulkOutcome, of intervention: Intervention, isDryRun: Bool) throws -> ExitCode {
        let code: ExitCode = outcome.refused == 0 ? .done : .failed
        if showsJSON {
            _ = try json(BulkAnswer(outcome, isDryRun: isDryRun))
            return code
        }
        let verb = isDryRun ? "would be tried" : "changed"
        let (matched, changed, refused) = (outcome.matched, outcome.changed, outcome.refused)
        Terminal.out("\(intervention.rawValue): \(matched) fit, \(changed) \(verb), \(refused) not")
        for refusal in outcome.refusals { Terminal.out("  \(refusal.id): \(refusal.reason)") }
        if let cursor = outcome.next { Terminal.out("more with --cursor \(cursor)") }
        return code
    }

    private func unknown(_ id: WorkflowID) -> ExitCode {
        Terminal.error("atelier: there is no job \(id)")
        return .failed
    }

    private func json(_ value: some Encodable) throws -> ExitCode {
        Terminal.out(try JSONWriter.text(of: value))
        return .done
    }
}

/// What `atelier jobs list --json` prints.
private struct JobList: Encodable {
    let items: [JobAnswer]
    let cursor: String?
    enum CodingKeys: String, CodingKey {
        case items
        case cursor = "next_cursor"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(cursor, forKey: .cursor)
    }
}

/// Rows in columns as wide as their widest word.
struct TextTable {
    private let rows: [[String]]

    init(_ header: [String], _ rows: [[String]]) { self.rows = [header] + rows }

    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, word in
                column == row.count - 1 ? word : word.padded(to: widths[column] + 2)
            }.joined()
        }.joined(separator: "\n")
    }
}
