/// How a worker's full memory is shared between owners, and who may come in although it is full.
///
/// Runs that only wait for a slot can be read again later, so those of an owner who holds more than its part make room
/// for an owner who holds less, and urgent ones are let in before others of the same owner.
struct MemoryShares: Sendable {
    private struct Part {
        var count = 0
        /// How many of them may leave.
        var movable = 0
    }
    /// Runs in memory at a time.
    let capacity: Int
    /// Runs that may come in at once.
    let limit: Int
    private var parts: [String: [Int: Part]] = [:]

    init(capacity: Int) {
        self.capacity = capacity
        limit = max(1, capacity / 8)
    }

    mutating func add(owner: String, priority: Int, isMovable: Bool) {
        parts[owner, default: [:]][priority, default: Part()].count += 1
        if isMovable { parts[owner, default: [:]][priority, default: Part()].movable += 1 }
    }

    /// Whether anything could leave.
    var isMovable: Bool { parts.values.contains { $0.values.contains { $0.movable > 0 } } }

    /// How many runs of each owner may come in.
    /// - Parameters:
    ///   - waiting: Who has runs that wait.
    ///   - priority: Theirs; only what is less urgent, or belongs to somebody with more, leaves for it.
    func guests(among waiting: [String], at priority: Int) -> [(owner: String, count: Int)] {
        let share = max(1, capacity / Set(parts.keys).union(waiting).count)
        var left = min(limit, movable(for: priority, share))
        return waiting.compactMap { owner in
            let count = min(left, share - held(by: owner, upTo: priority))
            guard count > 0 else { return nil }
            left -= count
            return (owner, count)
        }
    }

    /// How many runs an owner holds that are at least as urgent.
    func held(by owner: String, upTo priority: Int = .max) -> Int {
        (parts[owner] ?? [:]).reduce(0) { $1.key <= priority ? $0 + $1.value.count : $0 }
    }

    private func movable(for priority: Int, _ share: Int) -> Int {
        parts.reduce(0) { sum, owner in
            let lessUrgent = owner.value.reduce(0) { $1.key > priority ? $0 + $1.value.movable : $0 }
            let excess = held(by: owner.key, upTo: priority) - share
            return sum + lessUrgent + min(max(0, excess), owner.value[priority]?.movable ?? 0)
        }
    }
}
