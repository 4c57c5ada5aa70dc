import Observability
import Workflows

/// The worker's instruments, looked up once for each set of labels.
struct WorkerMetrics {
    private let metrics: Metrics
    private var seconds: [[String]: Histogram] = [:]
    private var failures: [[String]: Counter] = [:]
    private var workflows: [[String]: Counter] = [:]

    init(_ metrics: Metrics) { self.metrics = metrics }

    mutating func activityEnded(_ activity: String, outcome: String, seconds value: Double) {
        let histogram =
            seconds[[activity, outcome]]
            ?? metrics.histogram(
                "atelier_activity_seconds", help: "How long attempts of activities took.",
                labels: ["activity": activity, "outcome": outcome])
        seconds[[activity, outcome]] = histogram
        histogram.observe(value)
    }

    mutating func activityFailed(_ activity: String, kind: String) {
        let counter =
            failures[[activity, kind]]
            ?? metrics.counter(
                "atelier_activity_failures_total", help: "Attempts of activities that failed.",
                labels: ["activity": activity, "kind": kind])
        failures[[activity, kind]] = counter
        counter.increment()
    }

    mutating func workflowClosed(_ workflow: String, outcome: String) {
        let counter =
            workflows[[workflow, outcome]]
            ?? metrics.counter(
                "atelier_workflows_total", help: "Workflows that ended.",
                labels: ["workflow": workflow, "outcome": outcome])
        workflows[[workflow, outcome]] = counter
        counter.increment()
    }
}
