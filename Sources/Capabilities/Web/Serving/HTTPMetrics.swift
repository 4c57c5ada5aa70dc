import Concurrency
import Observability

/// The measurements of requests, by route pattern.
final class HTTPMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }
    private let metrics: Metrics
    private let inFlight: Gauge
    // Kept here, so that a request takes this one lock instead of the registry's with a dictionary of labels.
    private let counters = Locked<[Key: Counter]>([:])
    private let histograms = Locked<[String: Histogram]>([:])

    init(_ metrics: Metrics) {
        self.metrics = metrics
        inFlight = metrics.gauge("atelier_http_requests_in_flight", help: "Requests being answered now.")
    }

    func begin() { inFlight.add(1) }

    /// Counts an answer.
    /// - Parameter route: The pattern; nothing that a client wrote, or there would be a time series for each.
    func end(method: String, route: String, status: Int, seconds: Double) {
        inFlight.add(-1)
        let known = HTTPMethod(rawValue: method) != nil || method == "HEAD" || method == "OPTIONS"
        counter(Key(method: known ? method : "OTHER", route: route, status: status)).increment()
        histogram(route).observe(seconds)
    }

    private func counter(_ key: Key) -> Counter {
        counters.withLock { counters in
            if let counter = counters[key] { return counter }
            let labels = ["method": key.method, "route": key.route, "status": String(key.status)]
            let counter = metrics.counter("atelier_http_requests_total", help: "Requests answered.", labels: labels)
            counters[key] = counter
            return counter
        }
    }

    private func histogram(_ route: String) -> Histogram {
        histograms.withLock { histograms in
            if let histogram = histograms[route] { return histogram }
            let histogram = metrics.histogram(
                "atelier_http_request_seconds", help: "Time from a request's header to its answer, in seconds.",
                labels: ["route": route])
            histograms[route] = histogram
            return histogram
        }
    }
}
