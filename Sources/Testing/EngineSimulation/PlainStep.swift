import Concurrency
import Workflows

/// The one activity of the simulation; what it does is the step of that number in the scenario.
struct PlainStep: Activity {
    static let name = "Step"
    static let options = ActivityOptions(retry: patient, startToClose: .seconds(6))
    static let patient = RetryPolicy(
        initialInterval: .milliseconds(100), maximumInterval: .seconds(1), maximumAttempts: nil)

    struct Failure: ActivityFailure {
        var kind = "broken"
        var isRetryable = true
        var message: String { "The step failed." }
    }

    let process: SimulatedProcess
    let limits: [TaskQueue: Int]

    func run(_ number: Int, in activity: ActivityContext) async throws -> String {
        let step = Scenario.current.steps[number]
        let watch = AttemptWatch(process: process, activity: activity, step: step)
        watch.begin(limit: limits[activity.taskQueue] ?? 0)
        defer { watch.end() }
        try await sleep(step.milliseconds)
        try await behave(step.nature, watch, activity)
        // A process that died while its code ran: whatever it still says must reach nobody.
        guard process.isAlive else { throw CancellationError() }
        return "s\(number)"
    }

    private func behave(_ nature: Step.Nature, _ watch: AttemptWatch, _ activity: ActivityContext) async throws {
        switch nature {
        case .plain(let failures): if activity.attempt <= failures { throw Failure() }
        case .refusing: throw Failure(kind: "refused", isRetryable: false)
        case .exhausting: throw Failure()
        case .hanging(let times): if activity.attempt <= times { try await sleep(3_600_000) }
        case .silent(let times):
            await activity.heartbeat()
            if activity.attempt <= times { try await sleep(3_600_000) }
        case .ticket(let failures):
            watch.expectTicket()
            guard activity.attempt <= failures else { return }
            let ticket = activity.attempt
            await activity.heartbeat(ticket)
            if !Task.isCancelled, process.isAlive { watch.keep(ticket) }
            throw Failure()
        }
    }

    private func sleep(_ milliseconds: Int) async throws {
        try await SimulatedClock(process: process).sleep(for: .milliseconds(milliseconds))
    }
}

extension Step {
    /// The options that a call of the step gives.
    var options: ActivityOptions {
        var options = ActivityOptions(
            taskQueue: TaskQueue(rawValue: queue), retry: PlainStep.patient, startToClose: .seconds(6))
        switch nature {
        case .plain, .refusing, .ticket: break
        case .exhausting(let attempts): options.retry.maximumAttempts = attempts
        case .hanging: options.startToClose = .milliseconds(700)
        case .silent: options.heartbeat = .milliseconds(600)
        }
        return options
    }
}
