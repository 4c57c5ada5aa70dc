import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct `A process that is killed` {
    private static let jobs = 2

    /// What one kill left, once the next process had finished everything.
    private struct Aftermath {
        var acknowledged = 0
        var repeats = 0
        var wasKilled = false
    }

    /// Not at random: the first change of the disk, the second, and so on until a process lives through.
    @Test(arguments: [false, true])
    func `at any write to the disk loses no acknowledged job and finishes none twice`(isTorn: Bool) async throws {
        let changes = try await changesOfAWholeLife()
        let results = try await Array(1...(changes + 40)).concurrentMap(atMost: 4) { number in
            try await aftermath(ofKillAt: number, isTorn: isTorn)
        }
        let kills = results.filter(\.wasKilled)
        #expect(kills.count >= changes / 2)
        print(
            """
            kill matrix\(isTorn ? ", writes torn" : ""): \(changes) points, \(kills.count) kills, \
            \(kills.map(\.acknowledged).reduce(0, +)) jobs acknowledged before, lost 0, \
            steps repeated \(kills.map(\.repeats).reduce(0, +))
            """)
    }

    private func changesOfAWholeLife() async throws -> Int {
        let drill = try Drill()
        defer { drill.remove() }
        let life = try await drill.run("live", "\(Self.jobs)")
        return try #require(life.output.firstMatch(of: /changes (\d+)/).flatMap { Int($0.1) })
    }

    private func aftermath(ofKillAt number: Int, isTorn: Bool) async throws -> Aftermath {
        let drill = try Drill()
        defer { drill.remove() }
        let place: Comment = "killed at change \(number)\(isTorn ? ", torn" : "")"
        let words = ["\(Self.jobs)", "\(number)"] + (isTorn ? ["torn"] : [])
        let first =
            isTorn
            ? try await drill.run("live", words[0], words[1], words[2])
            : try await drill.run("live", words[0], words[1])
        let acknowledged = drill.lines("acknowledged")
        #expect(first.code == 0 || first.code == -SIGKILL, place)
        let second = try await drill.run("live", "\(Self.jobs)")
        #expect(second.code == 0, place)

        let effects = drill.lines("effects")
        let steps = Set(effects.compactMap { $0.split(separator: " ").first })
        // An attempt is counted before it runs, so the same one is never seen twice.
        #expect(Set(effects).count == effects.count, place)
        #expect(steps.count == Self.jobs * 4, place)
        #expect(effects.count <= steps.count + Self.jobs * 2, place)
        try await expectEnded(drill, acknowledged, place)
        return Aftermath(
            acknowledged: acknowledged.count, repeats: effects.count - steps.count,
            wasKilled: first.code == -SIGKILL)
    }

    private func expectEnded(_ drill: Drill, _ acknowledged: [String], _ place: Comment) async throws {
        let database = try await SQLiteDatabase(path: drill.folder.appendingPathComponent("store.db").path, readers: 1)
        let faults = try await database.verify()
        let (ended, twice) = try await database.read { connection in
            let ended = try connection.query("SELECT workflow_id FROM workflow_runs WHERE status = 'completed'")
            let twice = try connection.query(
                "SELECT run FROM workflow_history GROUP BY run, kind, subject HAVING COUNT(*) > 1")
            return (try ended.map { try $0.text("workflow_id") }, twice.count)
        }
        await database.close()
        #expect(faults.isEmpty, place)
        #expect(Set(acknowledged).isSubset(of: ended), place)
        #expect(ended.count == Self.jobs, place)
        #expect(twice == 0, place)
    }
}
