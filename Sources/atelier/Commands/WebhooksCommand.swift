import FoundationEssentials
import HTTPClient
import Observability
import Web
import Webhooks

/// Looks after webhooks: directly in the database, with or without a server beside it.
enum WebhooksCommand: Command {
    static let specification = CommandSpecification(
        name: "webhooks", summary: "Lists, adds, removes and tests webhooks.",
        subjects: [
            "list": "all webhooks", "add": "register a URL; prints the secret, once", "remove": "remove a webhook",
            "test": "send a test message; a running worker delivers it",
        ],
        operandSubjects: ["add", "remove", "test"], operandName: "URL|ID",
        options: ["event": "add: what it wants to hear, like job.failed; may be repeated", "owner": "add: whose jobs"])

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard let verb = arguments.subject else { throw UsageError("webhooks needs a word: list, add, remove or test") }
        guard verb == "list" || arguments.operand != nil else {
            throw UsageError("webhooks \(verb) needs \(verb == "add" ? "a URL" : "an id")")
        }
        let events = try arguments.all("event").map { word throws(UsageError) in
            guard let event = WebhookEvent(rawValue: word) else {
                throw UsageError("--event is one of \(WebhookEvent.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return event
        }
        let settings = try ProgramSettings.load(writingSecrets: false)
        let composition = try await Composition(settings, logger: .silent, metrics: Metrics())
        do {
            try await carryOut(
                verb, arguments.operand ?? "", Set(events), owner: arguments.value("owner"), composition.webhooks)
            await composition.close()
            return .done
        } catch let error as any HTTPConvertibleError {
            await composition.close()
            Terminal.error("atelier: " + error.httpError.sentence)
            return .failed
        } catch {
            await composition.close()
            throw error
        }
    }

    private static func carryOut(
        _ verb: String, _ operand: String, _ events: Set<WebhookEvent>, owner: String?, _ webhooks: Webhooks
    ) async throws {
        switch verb {
        case "add":
            let endpoint = try await webhooks.add(url: operand, events: events, owner: owner)
            Terminal.out(
                "\(endpoint.id)\nsecret: \(endpoint.newSecret.expose())\nKeep the secret; it is not shown again.")
        case "remove":
            try await webhooks.remove(operand)
            Terminal.out("\(operand): removed")
        case "test": Terminal.out("\(try await webhooks.test(operand).id): on its way")
        default:
            let rows = try await webhooks.endpoints().map { endpoint in
                [
                    endpoint.id, endpoint.isEnabled ? "enabled" : "disabled", endpoint.url,
                    endpoint.events.map(\.rawValue).sorted().joined(separator: " "), endpoint.owner ?? "-",
                    endpoint.disabledReason ?? "",
                ]
            }
            Terminal.out(TextTable(["ID", "STATE", "URL", "EVENTS", "OWNER", "NOTE"], rows).text)
        }
    }
}

extension HTTPError {
    /// What went wrong, in one line.
    fileprivate var sentence: String {
        switch detail {
        case .text(let text): text
        case .faults(let faults): faults.map(\.message).joined(separator: "; ")
        }
    }
}
