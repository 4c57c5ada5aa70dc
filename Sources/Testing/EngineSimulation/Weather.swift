/// How often what goes wrong while the storm lasts; probabilities are for each transaction.
struct Weather {
    /// The database refuses a transaction and says so.
    var refusal = 0.0
    /// A commit happens and is reported as failed.
    var ambiguity = 0.0
    /// The transaction's body is run, undone and run again, as servers ask for.
    var repetition = 0.0
    /// The process dies just before its transaction, or just after it without hearing so.
    var death = 0.0
    /// An answer takes up to `longDelay` instead of a few milliseconds.
    var slowness = 0.0
    var longDelay = 1_000_000
    /// Microseconds between disturbances of whole processes; nil for none.
    var disturbance: Int?
    /// Which those are.
    var disturbances: [Disturbance] = []
    /// When all of it ends, in microseconds.
    var calmAt = 0

    enum Disturbance: CaseIterable {
        /// The process ends at once.
        case death
        /// The process is told to stop, and stops in good order.
        case stop
        /// The process stands still for a while, and for longer than its lease is good.
        case stall
    }

    static let calm = Weather()

    /// The weather of one seed: each kind of fault is absent, rare or frequent.
    init(_ chance: inout Chance) {
        calmAt = chance.between(1_000_000...10_000_000)
        if chance.happens(0.1) { return }
        refusal = Self.rate(&chance)
        ambiguity = 0 * Self.rate(&chance)
        repetition = Self.rate(&chance)
        death = Self.rate(&chance) / 4
        slowness = Self.rate(&chance)
        longDelay = chance.pick([20_000, 300_000, 3_000_000])
        if chance.happens(0.6) { disturbance = chance.pick([300_000, 1_000_000, 3_000_000]) }
        disturbances = Disturbance.allCases.filter { _ in chance.happens(0.6) }
        if disturbances.isEmpty { disturbances = [.death] }
    }

    private init() {}

    private static func rate(_ chance: inout Chance) -> Double { chance.pick([0, 0, 0, 0.01, 0.05, 0.2]) }
}

/// What becomes of one transaction.
enum TransactionFate {
    case normal, refused, ambiguous, repeated, diesBefore, diesAfter
}

extension Weather {
    func fate(ofWrite isWrite: Bool, mayDie: Bool, _ chance: inout Chance) -> TransactionFate {
        if chance.happens(refusal) { return .refused }
        if chance.happens(repetition) { return .repeated }
        guard isWrite else { return .normal }
        if chance.happens(ambiguity) { return .ambiguous }
        if mayDie, chance.happens(death) { return chance.happens(0.5) ? .diesBefore : .diesAfter }
        return .normal
    }

    /// How long a request or its answer is under way, in microseconds.
    func delay(_ chance: inout Chance) -> Int {
        chance.happens(slowness) ? chance.between(1000...longDelay) : chance.between(20...2000)
    }
}
