import Foundation
import Observability
import Testing

@Suite struct `The metrics` {
    private func lines(_ metrics: Metrics, of name: String) async -> [String] {
        await metrics.render().split(separator: "\n").map(String.init).filter {
            $0.hasPrefix(name) || $0.hasPrefix("# HELP \(name) ") || $0.hasPrefix("# TYPE \(name) ")
        }
    }

    @Test func `count and hold values, each label set apart`() async {
        let metrics = Metrics()
        metrics.counter("requests_total", help: "Requests.", labels: ["route": "/b"]).increment()
        metrics.counter("requests_total", help: "Requests.", labels: ["route": "/a", "method": "GET"]).increment(
            by: 2.5)
        metrics.counter("requests_total", help: "Requests.", labels: ["route": "/b"]).increment()
        metrics.gauge("connections", help: "Open.").set(7)
        metrics.gauge("connections", help: "Open.").add(-10)

        #expect(
            await lines(metrics, of: "requests_total") == [
                "# HELP requests_total Requests.", "# TYPE requests_total counter",
                "requests_total{method=\"GET\",route=\"/a\"} 2.5", "requests_total{route=\"/b\"} 2",
            ])
        #expect(
            await lines(metrics, of: "connections") == [
                "# HELP connections Open.", "# TYPE connections gauge", "connections -3",
            ])
    }

    @Test func `escape what would break a line`() async {
        let metrics = Metrics()
        metrics.counter("odd_total", help: "Back\\slash and\nline.", labels: ["v": "a\"b\\c\nd"]).increment()
        #expect(
            await lines(metrics, of: "odd_total") == [
                "# HELP odd_total Back\\\\slash and\\nline.", "# TYPE odd_total counter",
                "odd_total{v=\"a\\\"b\\\\c\\nd\"} 1",
            ])
    }

    @Test func `show how values are spread, cumulatively`() async {
        let metrics = Metrics()
        let histogram = metrics.histogram("wait_seconds", help: "Wait.", labels: ["q": "x"], buckets: [0.005, 0.1, 2])
        for value in [0.001, 0.005, 0.05, 1, 50] { histogram.observe(value) }

        #expect(
            await lines(metrics, of: "wait_seconds") == [
                "# HELP wait_seconds Wait.", "# TYPE wait_seconds histogram",
                "wait_seconds_bucket{q=\"x\",le=\"0.005\"} 2", "wait_seconds_bucket{q=\"x\",le=\"0.1\"} 3",
                "wait_seconds_bucket{q=\"x\",le=\"2\"} 4", "wait_seconds_bucket{q=\"x\",le=\"+Inf\"} 5",
                "wait_seconds_sum{q=\"x\"} 51.056", "wait_seconds_count{q=\"x\"} 5",
            ])
    }

    @Test func `ask others for values at the moment of the scrape`() async {
        let metrics = Metrics()
        metrics.onScrape {
            [
                Reading("depth", help: "Jobs.", labels: ["queue": "a"], value: 3),
                Reading("depth", help: "Jobs.", labels: ["queue": "b"], value: .infinity),
            ]
        }
        metrics.onScrape { [Reading("done_total", help: "Done.", kind: .counter, value: 1e20)] }

        #expect(
            await lines(metrics, of: "depth") == [
                "# HELP depth Jobs.", "# TYPE depth gauge", "depth{queue=\"a\"} 3", "depth{queue=\"b\"} +Inf",
            ])
        #expect(await lines(metrics, of: "done_total").last == "done_total 1e+20")
    }

    @Test func `tell about the process itself`() async throws {
        let text = await Metrics().render()
        func value(_ name: String) throws -> Double {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            return try #require(Double(line.split(separator: " ")[1]))
        }
        #expect(try (1_000_000...100_000_000_000).contains(value("process_resident_memory_bytes")))
        #expect(try value("process_cpu_seconds_total") >= 0)
        #expect(try (3...100_000).contains(value("process_open_fds")))
        #expect(try value("process_max_fds") >= value("process_open_fds"))
        #expect(try value("process_threads") >= 1)
        let age = try Date().timeIntervalSince1970 - value("process_start_time_seconds")
        #expect((-5...86_400).contains(age))
        #expect(text.contains("# TYPE process_cpu_seconds_total counter\n"))
    }

    @Test func `lose no count among many tasks`() async {
        let metrics = Metrics()
        let counter = metrics.counter("hits_total", help: "Hits.")
        let histogram = metrics.histogram("t_seconds", help: "T.", buckets: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 10_000)
        #expect(histogram.snapshot.count == 10_000)
    }

    @Test func `have every line in a form that a scraper reads`() async {
        let metrics = Metrics()
        metrics.histogram("a_seconds", help: "A.").observe(1e-7)
        metrics.gauge("b", help: "").set(.nan)
        let sample =
            #/[a-zA-Z_][a-zA-Z0-9_]*(\{[a-zA-Z_]\w*="[^"]*"(,[a-zA-Z_]\w*="[^"]*")*\})? (NaN|[+-]Inf|-?[0-9.]+(e[+-]?[0-9]+)?)/#
        for line in await metrics.render().split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: sample) != nil, "\(line)")
        }
    }
}
