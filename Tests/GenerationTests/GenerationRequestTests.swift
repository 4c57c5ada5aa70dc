import Foundation
import Generation
import Testing

@Suite struct `Requests and tickets` {
    @Test func `a request survives the history`() throws {
        let request = GenerationRequest(
            prompt: "a shoe 👟", negativePrompt: "text", size: .ratio(width: 16, height: 9), count: 2, seed: .max,
            provider: "procedural", model: "m", references: [.init(storageKey: "uploads/a.jpg", role: .subject)],
            mask: "masks/a.png")

        let copy = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(request))

        #expect(copy == request)
    }

    @Test func `a ticket survives the history`() throws {
        let ticket = Ticket(
            provider: "bfl", id: "42", submittedAt: Date(timeIntervalSince1970: 100),
            expiresAt: Date(timeIntervalSince1970: 700), pollingURL: "https://api.example/get?id=42",
            reportedCost: ReportedCost(microUnits: 40_000, currency: "USD"), state: "{}")

        let copy = try JSONDecoder().decode(Ticket.self, from: JSONEncoder().encode(ticket))

        #expect(copy == ticket)
    }

    @Test(arguments: [
        ("16:9", GenerationSize.ratio(width: 16, height: 9)), ("1024x768", .pixels(width: 1024, height: 768)),
    ]) func `sizes are read from text`(text: String, size: GenerationSize) {
        #expect(GenerationSize(text) == size)
    }

    @Test(arguments: ["", "16", "16:", "0:9", "-1x5", "a:b", "1:2:3", "1024 x 768"])
    func `what is no size is not read as one`(text: String) {
        #expect(GenerationSize(text) == nil)
    }

    @Test func `a ratio becomes about a megapixel with even sides`() {
        let (width, height) = GenerationSize.ratio(width: 16, height: 9).resolved()

        #expect((width, height) == (1360, 768))
    }

    @Test func `an impossible ratio resolves to nothing, which every limit refuses`() {
        #expect(GenerationSize.ratio(width: 1, height: 0).resolved() == (0, 0))
        #expect(GenerationSize.ratio(width: .max, height: 1).resolved() == (0, 0))
    }
}
