/// How long the sessions of processes that cannot be seen directly have been silent.
///
/// It measures in time of its own and compares nobody's clocks: a session is silent for as long as its row has not
/// changed before these eyes. So no clock that jumps or differs takes anything from anybody; a worker that has just begun
/// waits for one whole lease before it takes over from such a process.
struct SessionWatch {
    private struct Sign {
        let expiresAt: Int
        let seenAt: Duration
    }
    private var signs: [String: Sign] = [:]

    /// The sessions that have been silent for longer than `lease`.
    /// - Parameter now: Monotonic time.
    mutating func silent(_ rows: [Sessions.Row], at now: Duration, lease: Duration) -> Set<String> {
        let known = signs
        signs = [:]
        for row in rows {
            let last = known[row.id].flatMap { $0.expiresAt == row.expiresAt ? $0 : nil }
            signs[row.id] = last ?? Sign(expiresAt: row.expiresAt, seenAt: now)
        }
        return Set(signs.filter { now - $0.value.seenAt > lease }.keys)
    }
}
