import Concurrency
import Workflows

/// Brings one message to one receiver, however long that takes.
///
/// Its tries have a task queue of their own, so receivers that hang never hold up jobs.
struct DeliverWebhook: Workflow {
    static let name = "DeliverWebhook"

    struct Input: Codable, Sendable {
        let delivery: String
        let round: Int
    }

    enum Output: String, Codable, Sendable {
        case delivered, givenUp
    }

    func run(_ input: Input, in workflow: WorkflowContext) async throws -> Output {
        var attempt = 1
        while true {
            let outcome = try await workflow.execute(
                SendWebhook.self,
                SendWebhook.Input(delivery: input.delivery, round: input.round, attempt: attempt))
            switch outcome {
            case .delivered: return .delivered
            case .givenUp: return .givenUp
            case .wait(let seconds): try await workflow.sleep(for: .seconds(seconds))
            }
            attempt += 1
        }
    }
}

extension TaskQueue {
    /// Messages to receivers.
    static let webhooks: TaskQueue = "webhooks"
}
