import Concurrency
import Database

/// Tells other processes of work and of progress, where the database carries words.
///
/// What is said is a hint to look, so it is sent after the commit it tells of, in a small transaction of its own that
/// waits for no disk: a word that is lost costs a delay, and admissions go on sharing their commits. Words that come
/// faster than they can be sent are sent together.
final class Herald: Sendable {
    enum Channel: String {
        /// Somebody may take what waits. The words are queues, or one of ``Herald/newWork`` and ``Herald/anyQueue``.
        case work = "atelier_work"
        /// A workflow's progress or status changed. The words are ids.
        case changes = "atelier_changes"
    }
    /// Something was started, signalled or ended.
    static let newWork = ""
    /// Activities may wait in any queue.
    static let anyQueue = "*"

    private struct State {
        var pending: [String: Set<String>] = [:]
        var isSending = false
        var isAlone = false
        /// How many messages of others came.
        var heard = 0
    }
    private let database: any Database
    private let clock: any WallClock
    /// What this process begins its words with, so as not to hear itself.
    private let origin: String
    private let state = Locked(State())

    init(_ database: any Database, _ clock: any WallClock, origin: String) {
        self.database = database
        self.clock = clock
        self.origin = origin
    }

    /// How many messages of others came so far.
    var heard: Int { state.withLock { $0.heard } }

    /// Says whether other processes have workers: if not, nobody needs to hear of work.
    /// - Parameter heard: What ``heard`` was before somebody looked; whoever has spoken since is there all the same.
    func set(isAlone: Bool, asOf heard: Int) {
        state.withLock { state in if !isAlone || state.heard == heard { state.isAlone = isAlone } }
    }

    func tell(_ channel: Channel, _ words: some Sequence<String>) {
        guard database.dialect == .postgresql else { return }
        let starts = state.withLock { state in
            if channel == .work, state.isAlone { return false }
            state.pending[channel.rawValue, default: []].formUnion(words)
            defer { state.isSending = true }
            return !state.isSending
        }
        // Ends by itself as soon as everything is said; nothing depends on it.
        if starts { Task.detached { await self.send() } }
    }

    /// What others said in `message`; nil for one of our own.
    func words(in message: String) -> [String]? {
        let parts = message.split(separator: "\n", omittingEmptySubsequences: false)
        if parts.first.map(String.init) == origin { return nil }
        // Who speaks is there; the next sweep sees whether it still is.
        state.withLock { state in
            state.heard += 1
            state.isAlone = false
        }
        // After a new connection everything may have been missed.
        return message.isEmpty ? [Self.newWork, Self.anyQueue] : parts.dropFirst().map(String.init)
    }

    private func send() async {
        while let pending = next() {
            // A hint that cannot be sent is found by the next look.
            try? await database.write { connection in
                try connection.execute("SET LOCAL synchronous_commit = off")
                for (channel, words) in pending.sorted(by: { $0.key < $1.key }) {
                    for message in self.messages(words) { try connection.notify(channel, message) }
                }
            }
            // Only when the caller is cancelled, which nobody does.
            try? await clock.sleep(for: .milliseconds(10))
        }
    }

    private func next() -> [String: Set<String>]? {
        state.withLock { state in
            guard !state.pending.isEmpty else {
                state.isSending = false
                return nil
            }
            defer { state.pending = [:] }
            return state.pending
        }
    }

    /// As few as hold all words; PostgreSQL takes messages of up to 8,000 bytes.
    private func messages(_ words: Set<String>) -> [String] {
        var messages: [String] = []
        var current = origin
        for word in words.sorted() {
            if current.utf8.count + word.utf8.count > 7000 {
                messages.append(current)
                current = origin
            }
            current += "\n" + word
        }
        return messages + [current]
    }
}
