import Concurrency
import Glibc

/// Many clients, each on a thread and a connection of its own, asking as fast as they are answered.
struct LoadRun {
    let host: String
    let port: Int
    let clients: Int
    let seconds: Double

    /// Runs the load.
    /// - Parameter request: The bytes of the `n`-th request of client `c`.
    func measure(expecting status: Int, request: @escaping @Sendable (_ client: Int, _ number: Int) -> [UInt8])
        async throws -> LoadResult
    {
        let threads = WorkerThreads(name: "load", count: clients)
        let start = ContinuousClock.now
        let samples = try await Array(0..<clients).concurrentMap(atMost: clients) { client in
            try await threads.run { () throws(LoadFault) in
                try drive(client, until: start + .seconds(seconds), expecting: status, request: request)
            }
        }
        return LoadResult(latencies: samples.flatMap { $0 }, elapsed: (ContinuousClock.now - start).seconds)
    }

    private func drive(
        _ client: Int, until end: ContinuousClock.Instant, expecting status: Int,
        request: (_ client: Int, _ number: Int) -> [UInt8]
    ) throws(LoadFault) -> [Double] {
        let connection = try LoadConnection(host: host, port: port)
        var latencies: [Double] = []
        latencies.reserveCapacity(8192)
        var begun = ContinuousClock.now
        while begun < end {
            let answer = try connection.exchange(request(client, latencies.count))
            guard answer.status == status else {
                throw .refused(status: answer.status, body: String(decoding: answer.body.prefix(300), as: UTF8.self))
            }
            let now = ContinuousClock.now
            latencies.append((now - begun).seconds)
            begun = now
        }
        return latencies
    }
}

/// What a load run saw.
struct LoadResult: Encodable {
    let requests: Int
    let perSecond: Double
    let p50Milliseconds: Double
    let p99Milliseconds: Double

    init(latencies: [Double], elapsed: Double) {
        let quantiles = Quantiles(latencies)
        requests = latencies.count
        perSecond = Double(latencies.count) / elapsed
        p50Milliseconds = quantiles.milliseconds(0.5)
        p99Milliseconds = quantiles.milliseconds(0.99)
    }

    enum CodingKeys: String, CodingKey {
        case requests
        case perSecond = "requests_per_second"
        case p50Milliseconds = "p50_ms"
        case p99Milliseconds = "p99_ms"
    }

    var summary: String {
        "\(Int(perSecond)) requests/s, p50 \(rounded(p50Milliseconds)) ms, p99 \(rounded(p99Milliseconds)) ms"
    }
}

/// `value` with two decimals: FoundationEssentials has no format strings.
func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let tail = abs(hundredths % 100)
    return "\(hundredths / 100).\(tail < 10 ? "0" : "")\(tail)"
}
