import Concurrency

extension Metrics {
    /// Everything measured, in the text that Prometheus scrapes, with the process's own figures (`process_*`).
    ///
    /// Its media type is `text/plain; version=0.0.4; charset=utf-8`.
    /// - SeeAlso: <https://prometheus.io/docs/instrumenting/exposition_formats/>
    public func render() async -> String {
        var families: [String: RenderedFamily] = [:]
        for (name, family) in self.families.withLock({ $0 }) {
            var rendered = RenderedFamily(kind: family.kind, help: family.help)
            for (labels, instrument) in family.samples.sorted(by: { inOrder($0.key, $1.key) }) {
                rendered.add(instrument, name: name, labels: labels)
            }
            families[name] = rendered
        }
        var readings = ProcessReadings.now()
        for read in self.readings.withLock({ $0 }) { readings += await read() }
        for reading in readings {
            families[reading.name, default: RenderedFamily(kind: reading.kind.rawValue, help: reading.help)]
                .add(reading.value, name: reading.name, labels: reading.labels)
        }
        return families.sorted { $0.key < $1.key }.map { $0.value.text(named: $0.key) }.joined()
    }
}

/// The same order at every scrape, so that two can be compared by eye.
private func inOrder(_ left: [String: String], _ right: [String: String]) -> Bool {
    left.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        .lexicographicallyPrecedes(right.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
}

/// The lines of one metric.
private struct RenderedFamily {
    let kind: String
    let help: String
    private var lines: [String] = []

    init(kind: String, help: String) {
        self.kind = kind
        self.help = help
    }

    func text(named name: String) -> String {
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n" + lines.joined()
    }

    mutating func add(_ instrument: any Instrument, name: String, labels: [String: String]) {
        switch instrument {
        case let counter as Counter: add(counter.value, name: name, labels: labels)
        case let gauge as Gauge: add(gauge.value, name: name, labels: labels)
        case let histogram as Histogram: add(histogram.snapshot, name: name, labels: labels)
        default: break
        }
    }

    mutating func add(_ value: Double, name: String, labels: [String: String], bound: String? = nil) {
        var pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        lines.append("\(name)\(pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") \(Self.number(value))\n")
    }

    private mutating func add(_ snapshot: Histogram.Snapshot, name: String, labels: [String: String]) {
        for (bound, count) in zip(snapshot.bounds, snapshot.cumulative) {
            add(Double(count), name: name + "_bucket", labels: labels, bound: Self.number(bound))
        }
        add(Double(snapshot.count), name: name + "_bucket", labels: labels, bound: "+Inf")
        add(snapshot.sum, name: name + "_sum", labels: labels)
        add(Double(snapshot.count), name: name + "_count", labels: labels)
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Whole numbers without a fraction, as far as a double holds them exactly.
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int(value)) }
        return "\(value)"
    }
}
