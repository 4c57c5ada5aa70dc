import Concurrency
package import Observability

/// A worker's instruments, the same for every engine; looked up once for each set of labels.
package final class WorkerMetrics: Sendable {
    private struct Instruments {
        var seconds: [[String]: Histogram] = [:]
        var counts: [[String]: Counter] = [:]
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
        count(
            "atelier_activity_failures_total", help: "Attempts of activities that failed.",
            by: [("activity", activity), ("kind", kind)])
    }

    /// A workflow ended.
    package func workflowClosed(_ workflow: String, outcome: String) {
        count(
            "atelier_workflows_total", help: "Workflows that ended.",
            by: [("workflow", workflow), ("outcome", outcome)])
    }

    private func count(_ name: String, help: String, by labels: [(name: String, value: String)]) {
        let key = [name] + labels.map(\.value)
        let counter = instruments.withLock { known in
            let counter =
                known.counts[key]
                ?? metrics.counter(
                    name, help: help, labels: Dictionary(uniqueKeysWithValues: labels.map { ($0.name, $0.value) }))
            known.counts[key] = counter
            return counter
        }
        counter.increment()
    }
}
