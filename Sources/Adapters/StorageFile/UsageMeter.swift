import Concurrency
import FoundationEssentials
import Storage

/// Remembers how much is stored, so that nobody who asks has to walk all folders.
final class UsageMeter: Sendable {
    private static let lifetime: TimeInterval = 60

    private struct State {
        var amount: StoreRoot.Amount?
        var counted = Date.distantPast
        var isCounting = false
    }
    private let state = Locked(State())
    private let clock: any WallClock

    init(clock: any WallClock) { self.clock = clock }

    /// Adds what a change made, so that the figure is right between two counts.
    func add(bytes: Int, objects: Int) {
        state.withLock { state in
            state.amount?.bytes += bytes
            state.amount?.objects += objects
        }
    }

    /// The figure: the first to ask after a minute counts anew, others meanwhile get the previous one.
    func amount(_ count: () async -> StoreRoot.Amount) async -> StoreRoot.Amount {
        let now = clock.now
        let mustCount = state.withLock { state in
            let isFresh = now.timeIntervalSince(state.counted) < Self.lifetime && now >= state.counted
            if state.amount != nil && (isFresh || state.isCounting) { return false }
            state.isCounting = true
            return true
        }
        let counted = mustCount ? await count() : nil
        return state.withLock { state in
            if let counted { state = State(amount: counted, counted: now, isCounting: false) }
            return state.amount ?? StoreRoot.Amount()
        }
    }
}
