import FoundationEssentials
import Web
import Workflows

/// What receivers are told of.
public enum WebhookEvent: String, Codable, Sendable, CaseIterable {
    case completed = "job.completed"
    case failed = "job.failed"
    case cancelled = "job.cancelled"
    case timedOut = "job.timed_out"
    /// Sent when somebody asks for it, to try a receiver.
    case test = "webhook.test"

    /// The event of a job that ended; nil while it runs.
    init?(_ status: WorkflowStatus) {
        switch status {
        case .completed: self = .completed
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        case .timedOut: self = .timedOut
        case .running: return nil
        }
    }

    /// The words that an endpoint may choose from.
    static let choices = allCases.filter { $0 != .test }.map(\.rawValue)
}

/// The body of a message: `{"type": ..., "timestamp": ..., "data": {...}}`, made once and sent the same every time.
struct WebhookBody: Encodable {
    struct Failure: Encodable {
        let kind: String
        let message: String
    }
    struct Job: Encodable {
        let jobID: String
        let runID: String
        let workflow: String
        let status: String
        let owner: String?
        let labels: [String: String]
        let failure: Failure?
        let startedAt: String
        let endedAt: String?

        enum CodingKeys: String, CodingKey {
            case jobID = "job_id"
            case runID = "run_id"
            case workflow, status, owner, labels, failure
            case startedAt = "started_at"
            case endedAt = "ended_at"
        }
    }

    let type: String
    let timestamp: String
    let data: Job

    /// What is told of a job that ended.
    ///
    /// Neither its output nor the cause of its failure, which are for operators; labels are those of its memo. Texts that
    /// clients chose are cut, so that the whole stays below 20 kB.
    init(_ event: WebhookEvent, _ job: WorkflowDescription) {
        type = event.rawValue
        timestamp = (job.closedAt ?? job.startedAt).iso8601
        data = Job(
            jobID: job.id.rawValue, runID: job.runID.rawValue, workflow: job.workflow, status: job.status.rawValue,
            owner: job.owner.map { String($0.prefix(200)) },
            labels: Dictionary(
                job.memo.sorted { $0.key < $1.key }.prefix(16).map {
                    (String($0.key.prefix(64)), String($0.value.prefix(200)))
                },
                uniquingKeysWith: { first, _ in first }),
            failure: job.failure.map {
                Failure(kind: String($0.kind.prefix(100)), message: String($0.message.prefix(1000)))
            }, startedAt: job.startedAt.iso8601, endedAt: job.closedAt?.iso8601)
    }

    /// The bytes to sign and to send.
    func encoded() throws -> [UInt8] { try Payload(encoding: self).bytes }
}
