import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct `A queue whose workers are killed` {
    @Test func `gives out everything that went in, each once`() async throws {
        let drill = try Drill()
        defer { drill.remove() }

        let run = try await drill.run("total-queue", "30000")

        print(run.output)
        #expect(run.code == 0, "\(run.output)")
        #expect(run.output.contains("enqueued 30000 = finished 30000 + failed 0; open 0, ended twice 0"))
    }
}
