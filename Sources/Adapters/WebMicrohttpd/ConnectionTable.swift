import Concurrency
import Observability

/// All open connections, with their limits.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: ClientConnection] = [:]
        var countByAddress: [String: Int] = [:]
    }
    private let state = Locked(State())
    private let configuration: ServerConfiguration
    private let open: Gauge
    private let refused: Counter

    init(_ configuration: ServerConfiguration, metrics: Metrics) {
        self.configuration = configuration
        open = metrics.gauge("atelier_http_connections", help: "Open HTTP connections.")
        refused = metrics.counter(
            "atelier_http_connections_refused_total", help: "HTTP connections closed at once, over a limit.")
    }

    /// Whether one more connection from `address` is within the limits; a refusal is counted.
    func accepts(_ address: String) -> Bool {
        let isAccepted = state.withLock { state in
            guard state.connections.count < configuration.maximumConnections else { return false }
            guard let limit = configuration.maximumConnectionsPerAddress else { return true }
            return state.countByAddress[address, default: 0] < limit
        }
        if !isAccepted { refused.increment() }
        return isAccepted
    }

    func insert(_ connection: ClientConnection) {
        let count = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = connection
            state.countByAddress[connection.address, default: 0] += 1
            return state.connections.count
        }
        open.set(Double(count))
    }

    func remove(_ connection: ClientConnection) {
        let count = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            let rest = state.countByAddress[connection.address, default: 1] - 1
            state.countByAddress[connection.address] = rest > 0 ? rest : nil
            return state.connections.count
        }
        open.set(Double(count))
    }

    /// The connections open now.
    var all: [ClientConnection] { state.withLock { Array($0.connections.values) } }

    /// The requests being dealt with now.
    var exchanges: [Exchange] { all.compactMap(\.exchange) }
}
