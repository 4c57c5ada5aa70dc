/// Lets owners take turns, each as many rows a turn as its weight says.
///
/// One worker's view: each keeps its own, and nothing of it is in the database. Within a priority an owner who waits
/// is served after at most one turn of every other, however much the others have waiting.
struct TurnOrder: Sendable {
    struct Owner: Sendable, Equatable {
        let key: String
        /// Rows a turn, 1 or more.
        let weight: Int
    }
    struct Lane: Hashable, Sendable {
        let backlog: Backlog
        let priority: Int
    }
    /// Whose turn it is, and how much of it is used up.
    struct Place: Sendable, Equatable {
        var owner = ""
        var taken = 0
    }
    private var places: [Lane: Place] = [:]

    subscript(lane: Lane) -> Place {
        get { places[lane] ?? Place() }
        set { places[lane] = newValue }
    }

    /// Deals up to `limit` rows among `owners`, who come in their order from the place of the lane on.
    ///
    /// The first of them may have used up its turn, so they should be one more than rows.
    /// - Parameter rows: The first rows of an owner, as many as asked for; fewer when there are no more. Asked for a
    ///   larger number it brings the same ones again and those behind them.
    /// - Returns: The rows, in the order of the turns.
    mutating func deal<Row>(
        _ limit: Int, in lane: Lane, among owners: [Owner], rows: (Owner, Int) throws -> [Row]
    ) rethrows -> [Row] {
        var dealt: [Row] = []
        var counts: [String: Int] = [:]
        var waiting = Self.order(owners, from: self[lane])
        while dealt.count < limit, !waiting.isEmpty {
            let hands = Self.hands(limit - dealt.count, among: waiting, from: self[lane])
            var stock: [String: ArraySlice<Row>] = [:]
            var exhausted: Set<String> = []
            for (owner, wanted) in Self.totals(of: hands, among: waiting) {
                let had = counts[owner.key] ?? 0
                let found = try rows(owner, had + wanted)
                stock[owner.key] = found.dropFirst(had)
                counts[owner.key] = found.count
                if found.count < had + wanted { exhausted.insert(owner.key) }
            }
            for hand in hands {
                guard let given = stock[hand.owner]?.prefix(hand.count), !given.isEmpty else { continue }
                stock[hand.owner]?.removeFirst(given.count)
                dealt += given
                self[lane] = Place(owner: hand.owner, taken: hand.before + given.count)
            }
            waiting = Self.order(waiting, from: self[lane]).filter { !exhausted.contains($0.key) }
        }
        return dealt
    }

    /// Begins with whoever's turn it is, or with the next when that turn is used up.
    private static func order(_ owners: [Owner], from place: Place) -> [Owner] {
        guard let index = owners.firstIndex(where: { $0.key == place.owner }) else { return owners }
        let first = place.taken < owners[index].weight ? index : index + 1
        return Array(owners[first...] + owners[..<first])
    }

    private struct Hand {
        let owner: String
        let count: Int
        /// How much of the turn was used up before it.
        let before: Int
    }

    /// Round by round what each would get if all had enough.
    private static func hands(_ limit: Int, among owners: [Owner], from place: Place) -> [Hand] {
        var hands: [Hand] = []
        var left = limit
        while left > 0 {
            for owner in owners where left > 0 {
                let isGoingOn = hands.isEmpty && owner.key == place.owner && place.taken < owner.weight
                let before = isGoingOn ? place.taken : 0
                let count = min(left, max(1, owner.weight) - before)
                hands.append(Hand(owner: owner.key, count: count, before: before))
                left -= count
            }
        }
        return hands
    }

    private static func totals(of hands: [Hand], among owners: [Owner]) -> [(owner: Owner, count: Int)] {
        let counts = hands.reduce(into: [:]) { $0[$1.owner, default: 0] += $1.count }
        return owners.compactMap { owner in counts[owner.key].map { (owner, $0) } }
    }
}
