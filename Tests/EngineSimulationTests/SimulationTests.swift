import Testing

@Suite struct `The simulated engine` {
    @Test(.timeLimit(.minutes(20)))
    func `holds over ten thousand seeds`() async throws {
        let outcome = try await SimulationProgram.run(["--seeds", "10000"])

        #expect(outcome.status == 0, "\(outcome.lines.joined(separator: "\n"))")
        #expect(outcome.lines.contains { $0.contains("hold") })
    }

    @Test func `takes the same path for the same seed in every process, and another for every other seed`() async throws
    {
        let alone = try await SimulationProgram.run(["--seeds", "60", "--hashes", "--jobs", "1"])
        let shared = try await SimulationProgram.run(["--seeds", "60", "--hashes", "--jobs", "3"])

        let hashes = alone.lines.filter { !$0.hasPrefix("seeds") }
        #expect(hashes.count == 60)
        #expect(hashes.sorted() == shared.lines.filter { !$0.hasPrefix("seeds") }.sorted())
        #expect(Set(hashes.compactMap { $0.split(separator: " ").last }).count == 60)
    }

    @Test(arguments: ["stale-token", "lost-commit", "double-commit"])
    func `finds a fault that was put into the database, and finds it again from the seed`(fault: String) async throws {
        let found = try await SimulationProgram.run(["--seeds", "200", "--jobs", "1", "--plant", fault])

        #expect(found.status == 1)
        let command = try #require(found.lines.last { $0.hasPrefix("repeat it with: ") })
        let words = command.split(separator: " ").map(String.init)
        let again = try await SimulationProgram.run(Array(words.drop { $0 != "--seed" }))
        #expect(again.status == 1)
        let verdict = try #require(found.lines.firstIndex { $0.contains("FAILS") })
        #expect(again.lines.contains(found.lines[verdict]), "\(found.lines[verdict]) comes to something else")
        #expect(again.lines.contains(found.lines[verdict + 1]))
    }

    @Test func `says what is wrong with its command`() async throws {
        let outcome = try await SimulationProgram.run(["--seeds", "many"])

        #expect(outcome.status == 2)
        #expect(outcome.lines.first == "--seeds many is not understood")
    }
}
