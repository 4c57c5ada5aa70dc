import Concurrency
public import Testing
public import Workflows

/// What every ``Workflows/WorkflowEngine`` must do, whatever is behind it.
///
/// A test target runs it over ``checks`` with an engine of its own for each:
/// `@Test(arguments: WorkflowConformance.checks) func holds(_ check: WorkflowCheck) async throws`.
public enum WorkflowConformance {
    /// Every check.
    public static let checks: [WorkflowCheck] =
        flow + activities + cancellation + messages + admission + rules + limits
}

/// One thing that an engine must do.
public struct WorkflowCheck: Sendable, CustomTestStringConvertible {
    /// What is true when it passes, as a sentence.
    public let testDescription: String
    private let body: @Sendable (any WorkflowTestBed) async throws -> Void

    init(_ sentence: String, _ body: @escaping @Sendable (any WorkflowTestBed) async throws -> Void) {
        testDescription = sentence
        self.body = body
    }

    /// Runs the check on an engine without workflows.
    public func run(on bed: any WorkflowTestBed) async throws { try await body(bed) }
}

/// An engine and workers for it.
public protocol WorkflowTestBed: Sendable {
    /// The engine under test.
    var engine: any WorkflowEngine { get }

    /// Runs a worker while `body` runs, and stops it in good order.
    func withWorker(
        _ registry: WorkflowRegistry, queues: [TaskQueue: Int], _ body: @Sendable () async throws -> Void
    ) async throws
}

extension WorkflowTestBed {
    /// Runs a worker of all the suite's workflows while `body` runs; their activity calls `script`.
    func withScript(
        slots: Int = 8, _ script: @escaping @Sendable (String, ActivityContext) async throws -> String,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        var registry = WorkflowRegistry()
        registry.registerSuite()
        registry.register(ScriptedActivity(script: script))
        try await withWorker(registry, queues: [.default: slots], body)
    }
}

/// Lines that activities leave, in order, to be looked at by a test.
public final class Journal: Sendable {
    private let state = Locked<[String]>([])

    /// Creates an empty journal.
    public init() {}

    /// What was written so far.
    public var lines: [String] { state.withLock { $0 } }

    /// Adds a line, and returns how many there are now.
    @discardableResult
    public func write(_ line: String) -> Int {
        state.withLock { lines in
            lines.append(line)
            return lines.count
        }
    }
}
