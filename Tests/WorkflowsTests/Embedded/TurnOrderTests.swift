import Testing
import Workflows

@testable import WorkflowsSQL

@Suite struct `The order of turns` {
    private static let lane = TurnOrder.Lane(backlog: .runs, priority: 3)

    /// What waits: for each owner its weight and its rows, named after it.
    private struct Waiting {
        var rows: [String: [String]]
        var weights: [String: Int] = [:]

        init(_ counts: [String: Int], weights: [String: Int] = [:]) {
            rows = Dictionary(
                uniqueKeysWithValues: counts.map { key, count in (key, (0..<count).map { "\(key)\($0)" }) })
            self.weights = weights
        }

        /// Takes as a worker does: only so many owners are looked up as rows are wanted.
        mutating func take(_ limit: Int, _ turns: inout TurnOrder) -> [String] {
            let place = turns[lane].owner
            let keys = rows.filter { !$0.value.isEmpty }.keys.sorted()
            let owners = (keys.filter { $0 >= place } + keys.filter { $0 < place }).prefix(limit + 1).map {
                TurnOrder.Owner(key: $0, weight: weights[$0] ?? 1)
            }
            let taken = turns.deal(limit, in: lane, among: owners) { Array((rows[$0.key] ?? []).prefix($1)) }
            for row in taken { rows[String(row.prefix(1))]?.removeAll { $0 == row } }
            return taken
        }
    }

    @Test func `an owner alone gets everything, oldest first`() {
        var (waiting, turns) = (Waiting(["a": 10]), TurnOrder())
        #expect(waiting.take(4, &turns) == ["a0", "a1", "a2", "a3"])
        #expect(waiting.take(9, &turns) == ["a4", "a5", "a6", "a7", "a8", "a9"])
        #expect(waiting.take(9, &turns) == [])
    }

    @Test func `owners take turns, also over claims of one`() {
        var (waiting, turns) = (Waiting(["a": 100, "b": 2, "c": 3]), TurnOrder())
        let taken = (0..<8).flatMap { _ in waiting.take(1, &turns) }
        #expect(taken == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "c2"])
    }

    @Test func `what one owner leaves over goes to the others`() {
        var (waiting, turns) = (Waiting(["a": 100, "b": 1, "c": 3]), TurnOrder())
        #expect(waiting.take(8, &turns) == ["a0", "b0", "c0", "a1", "c1", "a2", "c2", "a3"])
    }

    @Test(arguments: [1, 2, 3, 5, 40]) func `a weight is that many rows a turn, however they are claimed`(_ claim: Int)
    {
        var (waiting, turns) = (Waiting(["a": 40, "b": 40], weights: ["b": 3]), TurnOrder())
        let taken = (0..<(40 / claim)).flatMap { _ in waiting.take(claim, &turns) }
        #expect(taken.prefix(8) == ["a0", "b0", "b1", "b2", "a1", "b3", "b4", "b5"])
    }

    @Test func `more owners than rows wanted are all served in the end`() {
        let names = (0..<20).map { String(UnicodeScalar(UInt8(97 + $0))) }
        var (waiting, turns) = (Waiting(Dictionary(uniqueKeysWithValues: names.map { ($0, 5) })), TurnOrder())
        let taken = (0..<4).flatMap { _ in waiting.take(5, &turns) }
        #expect(taken == names.map { $0 + "0" })
    }

    @Test func `a late owner waits for one turn of the others at most`() {
        var (waiting, turns) = (Waiting(["b": 1000, "c": 1000]), TurnOrder())
        _ = waiting.take(7, &turns)
        waiting.rows["a"] = ["a0"]
        #expect((0..<3).flatMap { _ in waiting.take(1, &turns) }.contains("a0"))
    }
}
