import Foundation
import Testing

/// An operator at work, with the real program: a job fails, is explained, mended and retried.
@Suite(.timeLimit(.minutes(5))) struct `Looking after jobs` {
    @Test func `a campaign whose upload was missing goes on once it is there`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let environment = AtelierProcess.environment(home: scratch.url)
        func jobs(_ words: String...) async throws -> (status: Int32, output: String) {
            let run = try await AtelierProcess.run(["jobs"] + words, in: scratch.url, environment: environment)
            return (run.code, run.output)
        }
        let id = try await client.createCampaign(#"{"source_type":"local","path":"uploads/late.jpg"}"#)
        let failed = try await client.finished(id)
        #expect(failed["status"] as? String == "failed")

        let explained = try await jobs("explain", "campaign-\(id)")
        #expect(explained.status == 0)
        #expect(explained.output.contains("Failed at CheckUpload after 1 attempt"))
        #expect(explained.output.contains("retry it with atelier jobs retry campaign-\(id)"))
        let listed = try await jobs("list", "--status", "failed", "--json")
        #expect(listed.output.contains(#""id":"campaign-\#(id)""#))

        try scratch.place(try await Pictures.photo(), at: "uploads/late.jpg")
        let dry = try await jobs("retry", "--status", "failed", "--dry-run")
        #expect(dry.output.contains("1 fit, 1 would be tried"))
        let retried = try await jobs("retry", "campaign-\(id)")
        #expect(retried.status == 0)
        #expect(retried.output.contains("It goes on; 1 finished step is kept."))
        let campaign = try await client.finished(id)
        #expect(campaign["status"] as? String == "completed")
        #expect(campaign["error_message"] is NSNull)

        let shown = try await jobs("show", "campaign-\(id)")
        #expect(shown.output.contains("Attempt 1 of CheckUpload-1 failed"))
        #expect(shown.output.contains("(undone) The job ended as failed"))
        #expect(shown.output.contains("The job was made to go on"))
        let again = try await jobs("retry", "campaign-\(id)")
        #expect(again.status == 1 && again.output.contains("It completed; there is nothing to retry."))
        let unknown = try await jobs("explain", "nobody")
        #expect(unknown.status == 1 && unknown.output.contains("there is no job nobody"))
        for wrong in [["retry"], ["retry", "../etc"], ["show"], ["retry", "x", "--status", "failed"], ["dance"]] {
            let run = try await AtelierProcess.run(["jobs"] + wrong, in: scratch.url, environment: environment)
            #expect(run.code == 2, "\(wrong)")
        }
        #expect(await server.stop() == 0)
    }
}
