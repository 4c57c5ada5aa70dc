import Concurrency
import DatabaseSQLite
import FoundationEssentials

/// Everything around the engine: time, chance, the one database, the processes, and a record of what happened.
///
/// Sendable by use: a simulation has one thread, and every task runs on it (``Scheduler``).
final class World: @unchecked Sendable {
    /// Microseconds since the simulation began.
    private(set) var now = 0
    /// Draws what goes wrong; schedules and scenarios have sequences of their own.
    var chance: Chance
    var weather: Weather
    let store: MemoryDatabase
    let plant: Plant?
    var trace: Trace
    /// What must never be and was.
    private(set) var violations: [String] = []
    /// Processes that run, by what they call themselves.
    var living: Set<String> = []
    /// What each activity did, by run and activity.
    var deeds: [String: Deed] = [:]
    var transactions = 0
    private var agenda = Agenda()
    private var lastNumber = 0

    /// What is known of one activity of one run.
    struct Deed {
        /// Attempts that began.
        var begun = 0
        /// Details that an attempt knows to be kept for the next.
        var keptTicket: Int?
    }

    init(seed: UInt64, store: MemoryDatabase, plant: Plant?, keepsWords: Bool) {
        var chance = Chance(seed: seed)
        weather = Weather(&chance)
        self.chance = chance.branch()
        self.store = store
        self.plant = plant
        trace = Trace(keepsWords: keepsWords)
    }

    /// 2026-01-01T00:00:00Z.
    static let beginning = Date(timeIntervalSince1970: 1_767_225_600)
    var date: Date { Self.beginning.addingTimeInterval(Double(now) / 1_000_000) }

    func number() -> Int {
        lastNumber += 1
        return lastNumber
    }

    func at(_ time: Int, _ action: @escaping () -> Void) { agenda.enter(at: max(time, now), action) }

    /// Lets time run to what comes next; false when nothing does.
    func advance() -> Bool {
        guard let (time, action) = agenda.next() else { return false }
        now = time
        action()
        return true
    }

    func note(
        _ event: Trace.Event, process: Int = 0, number: Int = 0, _ words: @autoclosure () -> String = ""
    ) {
        trace.add(now, event, process, number, words)
    }

    /// Records that something happened which must not.
    func violate(_ what: String) { violations.append(what) }

    /// Ends every fault.
    func calm() {
        weather = .calm
        note(.plan, "the storm is over")
    }
}
