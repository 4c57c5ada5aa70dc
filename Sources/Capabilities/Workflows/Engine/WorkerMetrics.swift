import Concurrency
package import Observability

/// A worker's instruments, the same for every engine; looked up once for each set of labels.
package final class WorkerMetrics: Sendable {
    private struct Instruments {
        var seconds: [[String]: Histogram] = [:]
        var failures: [[String]: Counter] = [:]
        var workflows: [[String]: Counter] = [:]
    }
    private let metrics: Metrics
    private let instruments = Locked(Instruments())

    /// Instruments among `metrics`.
    package init(_ metrics: Metrics) { self.metrics = metrics }

    /// An attempt ended after so many seconds.
    package func activityEnded(_ activity: String, outcome: String, seconds: Double) {
        let histogram = instruments.withLock { known in
            let histogram =
                known.seconds[[activity, outcome]]
                ?? metrics.histogram(
                    "atelier_activity_seconds", help: "How long attempts of activities took.",
                    labels: ["activity": activity, "outcome": outcome])
            known.seconds[[activity, outcome]] = histogram
            return histogram
        }
        histogram.observe(seconds)
    }

    /// An attempt failed.
    package func activityFailed(_ activity: String, kind: String) {
        let counter = instruments.withLock { known in
            let counter =
                known.failures[[activity, kind]]
                ?? metrics.counter(
                    "atelier_activity_failures_total", help: "Attempts of activities that failed.",
                    labels: ["activity": activity, "kind": kind])
            known.failures[[activity, kind]] = counter
            return counter
        }
        counter.increment()
    }

    /// A workflow ended.
    package func workflowClosed(_ workflow: String, outcome: String) {
        let counter = instruments.withLock { known in
            let counter =
                known.workflows[[workflow, outcome]]
                ?? metrics.counter(
                    "atelier_workflows_total", help: "Workflows that ended.",
                    labels: ["workflow": workflow, "outcome": outcome])
            known.workflows[[workflow, outcome]] = counter
            return counter
        }
        counter.increment()
    }
}
