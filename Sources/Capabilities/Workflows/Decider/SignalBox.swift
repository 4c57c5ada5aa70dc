/// Signals that came and nobody asked for yet, and calls that wait for one; both in order.
struct SignalBox {
    private struct Waiting {
        let id: Int
        let name: String
        let waiter: Decider.Waiter
    }
    private var buffered: [String: [Payload]] = [:]
    private var waiting: [Waiting] = []
    private var lastID = 0

    var hasWaiters: Bool { !waiting.isEmpty }

    /// The names that somebody waits for, without repeats, in the order of the calls.
    var awaited: [String] {
        waiting.reduce(into: []) { names, one in if !names.contains(one.name) { names.append(one.name) } }
    }

    mutating func makeWaiterID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func takeBuffered(_ name: String) -> Payload? {
        guard var payloads = buffered[name], !payloads.isEmpty else { return nil }
        let first = payloads.removeFirst()
        buffered[name] = payloads
        return first
    }

    mutating func wait(_ id: Int, _ name: String, _ waiter: Decider.Waiter) {
        waiting.append(Waiting(id: id, name: name, waiter: waiter))
    }

    /// Returns who is to be given the payload; without one it is kept.
    mutating func deliver(_ payload: Payload, to name: String) -> Decider.Waiter? {
        guard let index = waiting.firstIndex(where: { $0.name == name }) else {
            buffered[name, default: []].append(payload)
            return nil
        }
        return waiting.remove(at: index).waiter
    }

    mutating func removeWaiter(_ id: Int) -> Decider.Waiter? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    mutating func takeWaiters() -> [Decider.Waiter] {
        defer { waiting = [] }
        return waiting.map(\.waiter)
    }
}
