import Concurrency

/// The program's measurements, in the form that Prometheus scrapes.
///
/// Ask for an instrument once and keep it: looking one up takes a lock and a dictionary. Labels carry route patterns,
/// queue and activity names, never raw URLs, ids or anything a client wrote.
///
/// - SeeAlso: Prometheus text exposition format 0.0.4.
public final class Metrics: Sendable {
    struct Family {
        let kind: String
        let help: String
        var samples: [[String: String]: any Instrument] = [:]
    }
    let families = Locked<[String: Family]>([:])
    let readings = Locked<[@Sendable () async -> [Reading]]>([])

    /// Creates an empty registry.
    public init() {}

    /// The counter of that name and those labels, made on first use.
    public func counter(_ name: String, help: String, labels: [String: String] = [:]) -> Counter {
        instrument(name, kind: "counter", help: help, labels: labels) { Counter() }
    }

    /// The gauge of that name and those labels, made on first use.
    public func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge {
        instrument(name, kind: "gauge", help: help, labels: labels) { Gauge() }
    }

    /// The histogram of that name and those labels, made on first use.
    /// - Parameter buckets: Upper bounds in ascending order; the one for infinity is added.
    public func histogram(
        _ name: String, help: String, labels: [String: String] = [:], buckets: [Double] = Histogram.seconds
    ) -> Histogram {
        instrument(name, kind: "histogram", help: help, labels: labels) { Histogram(buckets: buckets) }
    }

    /// Adds values that are read when somebody scrapes: pool usage, queue depth, bytes stored.
    public func onScrape(_ read: @escaping @Sendable () async -> [Reading]) {
        readings.withLock { $0.append(read) }
    }

    private func instrument<I: Instrument>(
        _ name: String, kind: String, help: String, labels: [String: String], make: () -> I
    ) -> I {
        precondition(Self.isName(name) && labels.keys.allSatisfy(Self.isName), "\(name) \(labels.keys) are no names")
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help)
            if let known = family.samples[labels] as? I { return known }
            precondition(family.kind == kind, "the metric \(name) is already registered as a \(family.kind)")
            let made = make()
            family.samples[labels] = made
            families[name] = family
            return made
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.first.map { !(48...57).contains($0) } == true
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
            }
    }
}

/// A value read at scrape time.
public struct Reading: Sendable {
    /// The metric's name, with its unit at the end: `atelier_storage_bytes`.
    public var name: String
    /// What it means, in one line.
    public var help: String
    /// What tells it from its siblings.
    public var labels: [String: String]
    /// Whether it only grows.
    public var kind: Kind
    /// The value.
    public var value: Double

    /// The types of metric that a single number can be.
    public enum Kind: String, Sendable {
        case counter, gauge
    }

    /// Creates a reading.
    public init(
        _ name: String, help: String, labels: [String: String] = [:], kind: Kind = .gauge, value: Double
    ) {
        self.name = name
        self.help = help
        self.labels = labels
        self.kind = kind
        self.value = value
    }
}

protocol Instrument: AnyObject, Sendable {}

/// A number that only grows.
public final class Counter: Instrument {
    private let total = Locked(0.0)
    init() {}
    /// The value now.
    public var value: Double { total.withLock { $0 } }
    /// Adds `amount`, which must not be negative.
    public func increment(by amount: Double = 1) { total.withLock { $0 += amount } }
}

/// A number that goes up and down.
public final class Gauge: Instrument {
    private let current = Locked(0.0)
    init() {}
    /// The value now.
    public var value: Double { current.withLock { $0 } }
    /// Adds `amount`, which may be negative.
    public func add(_ amount: Double) { current.withLock { $0 += amount } }
    /// Replaces the value.
    public func set(_ value: Double) { current.withLock { $0 = value } }
}

/// How values are spread, as counts below bounds.
public final class Histogram: Instrument {
    /// Bounds for times in seconds, from 1 ms to 1 minute.
    public static let seconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// What was counted so far.
    public struct Snapshot: Sendable {
        /// Upper bounds, ascending, without infinity.
        public let bounds: [Double]
        /// Observations up to each bound (cumulative).
        public let cumulative: [Int]
        /// Observations in all.
        public let count: Int
        /// Their sum.
        public let sum: Double
    }
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }
    private let bounds: [Double]
    private let state: Locked<State>
    init(buckets: [Double]) {
        bounds = buckets
        state = Locked(State(counts: Array(repeating: 0, count: buckets.count + 1)))
    }
    /// Counts one value.
    public func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }
    /// What was counted so far.
    public var snapshot: Snapshot {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var running = 0
        let cumulative = counts.map { count in
            running += count
            return running
        }
        return Snapshot(bounds: bounds, cumulative: Array(cumulative.dropLast()), count: running, sum: sum)
    }
}
