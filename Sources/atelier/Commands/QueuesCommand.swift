import FoundationEssentials
import Observability
import Operations
import Workflows

/// Looks after the task queues from a terminal.
enum QueuesCommand: Command {
    static let specification = CommandSpecification(
        name: "queues", summary: "Lists, limits, pauses and drains task queues.",
        subjects: [
            "list": "shows every queue", "pause": "NAME: lets nothing of it start anywhere; what runs goes on",
            "resume": "NAME: lets it go on", "drain": "NAME: pauses it and waits until nothing of it runs",
            "limit": "NAME: sets --concurrency and --rate, for all processes together",
            "weight": "OWNER: sets how many activities a turn of an owner has",
        ],
        operandSubjects: ["pause", "resume", "drain", "limit", "weight"], operandName: "NAME",
        options: [
            "reason": "why it is paused", "timeout": "how many seconds a drain waits (default: 300)",
            "concurrency": "activities at once, or none", "rate": "starts a second, or none",
            "weight": "1 to 1000 (default: 1)",
        ], flags: ["json": "prints JSON"])

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard let action = arguments.subject else { throw UsageError("queues needs to know what to do") }
        let change = try action == "list" ? nil : Change(action, arguments)
        let settings = try ProgramSettings.load(writingSecrets: false)
        let composition = try await Composition(settings, logger: .silent, metrics: Metrics())
        let code: ExitCode
        do {
            code = try await change?.make(composition.engine.client) ?? .done
            if change?.isOfQueue != false { try await show(composition.engine.client, arguments, change?.name) }
        } catch {
            await composition.close()
            throw error
        }
        await composition.close()
        return code
    }

    private static func show(_ engine: any TaskQueueControl, _ arguments: Arguments, _ name: String?) async throws {
        let queues = try await engine.taskQueues().filter { name == nil || $0.queue.rawValue == name }
        if arguments.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Terminal.out(
                String(decoding: try encoder.encode(queues.map { TaskQueueAnswer($0) }), as: UTF8.self))
        }
        let titles = ["QUEUE", "WAITING", "BACKOFF", "RUNNING", "PARKED", "LIMIT", "RATE", "WORKERS", "STATE"]
        let rows = [titles] + queues.map(\.cells)
        let widths = titles.indices.map { column in rows.map { $0[column].count + 2 }.max() ?? 0 }
        for row in rows {
            Terminal.out(zip(row, widths).map { $0.padded(to: $1) }.joined().trimmingSuffix(while: { $0 == " " }))
        }
    }
}

extension QueuesCommand {
    /// What the user asked for, understood before anything is opened.
    private struct Change {
        enum Action {
            case pause(reason: String)
            case resume
            case drain(reason: String, timeout: Duration)
            case limit(concurrency: Int??, rate: Double??)
            case weight(Int)
        }
        let name: String
        let action: Action

        var isOfQueue: Bool { if case .weight = action { false } else { true } }

        init(_ word: String, _ arguments: Arguments) throws(UsageError) {
            guard let name = arguments.operand, (1...100).contains(name.count) else {
                throw UsageError("queues \(word) needs a name of up to 100 characters")
            }
            self.name = name
            let reason = arguments.value("reason") ?? ""
            switch word {
            case "pause": action = .pause(reason: reason)
            case "resume": action = .resume
            case "drain":
                let seconds = try arguments.integer("timeout", in: 0...86_400, default: 300)
                action = .drain(reason: reason.isEmpty ? "drained" : reason, timeout: .seconds(seconds))
            case "weight": action = .weight(try arguments.integer("weight", in: 1...1000, default: 1))
            default:
                let concurrency = try Self.number("concurrency", of: arguments) {
                    Int($0).flatMap { $0 < 0 ? nil : $0 }
                }
                let rate = try Self.number("rate", of: arguments) { Double($0).flatMap { $0 > 0 ? $0 : nil } }
                guard concurrency != nil || rate != nil else {
                    throw UsageError("queues limit needs --concurrency or --rate")
                }
                action = .limit(concurrency: concurrency, rate: rate)
            }
        }

        /// - Returns: Nil when it was not given, the inner nil for `none`.
        private static func number<Number>(
            _ option: String, of arguments: Arguments, _ read: (String) -> Number?
        ) throws(UsageError) -> Number?? {
            guard let text = arguments.value(option) else { return .none }
            if text == "none" { return .some(nil) }
            guard let number = read(text) else { throw UsageError("--\(option) takes a positive number or none") }
            return .some(number)
        }

        func make(_ engine: any TaskQueueControl) async throws -> ExitCode {
            let queue = TaskQueue(rawValue: name)
            switch action {
            case .pause(let reason): try await engine.pause(queue: queue, reason: reason)
            case .resume: try await engine.resume(queue: queue)
            case .drain(let reason, let timeout):
                try await engine.pause(queue: queue, reason: reason)
                guard try await engine.waitUntilIdle(queue, atMost: timeout) else {
                    Terminal.error("atelier: activities of \(name) still run; the queue stays paused")
                    return .failed
                }
            case .limit(let concurrency, let rate):
                var limits = try await engine.taskQueues().first { $0.queue == queue }?.limits ?? TaskQueueLimits()
                if let concurrency { limits.concurrency = concurrency }
                if let rate { limits.startsPerSecond = rate }
                try await engine.limit(queue, to: limits)
            case .weight(let weight):
                try await engine.setWeight(weight, ofOwner: name)
                Terminal.out("\(name) has \(weight) a turn")
            }
            return .done
        }
    }
}

extension TaskQueueDescription {
    /// A row of the table.
    fileprivate var cells: [String] {
        let state = pausedAt == nil ? "serving" : "paused" + (pauseReason.map { $0.isEmpty ? "" : ": " + $0 } ?? "")
        return [
            queue.rawValue, "\(waiting)", "\(backingOff)", "\(running)", "\(parked)",
            limits.concurrency.map { "\($0)" } ?? "-", limits.startsPerSecond.map { "\($0)/s" } ?? "-",
            "\(workers.count)", state,
        ]
    }
}

extension String {
    fileprivate func trimmingSuffix(while isCut: (Character) -> Bool) -> String {
        var end = self[...]
        while let last = end.last, isCut(last) { end.removeLast() }
        return String(end)
    }
}
