/// What happened, as one number for comparisons and, when asked for, in words for people.
struct Trace {
    /// Whether words are kept; they cost more than the rest of a simulation.
    let keepsWords: Bool
    /// Equal for equal simulations (FNV-1a over every event).
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var lines: [String] = []
    private(set) var count = 0

    init(keepsWords: Bool) { self.keepsWords = keepsWords }

    mutating func add(_ time: Int, _ event: Event, _ process: Int, _ number: Int, _ words: () -> String) {
        count += 1
        mix(UInt64(truncatingIfNeeded: time))
        mix(UInt64(event.rawValue) << 32 | UInt64(truncatingIfNeeded: process & 0xFFFF_FFFF))
        mix(UInt64(truncatingIfNeeded: number))
        guard keepsWords else { return }
        lines.append("\(Self.seconds(time)) p\(process) \(event) \(words())")
    }

    private mutating func mix(_ value: UInt64) {
        hash = (hash ^ value) &* 0x0000_0100_0000_01B3
        // FNV takes bytes; folding the upper half back in gives whole words the same spread.
        hash ^= hash >> 29
    }

    private static func seconds(_ microseconds: Int) -> String {
        let text = String(microseconds)
        let padded = String(repeating: "0", count: max(0, 8 - text.count)) + text
        return padded.dropLast(6) + "." + padded.suffix(6)
    }

    /// The kinds of events.
    enum Event: UInt8 {
        case started, stopping, ended, died, stalled, transaction, fault, attempt, attemptEnded, heartbeat, client, plan
    }
}
