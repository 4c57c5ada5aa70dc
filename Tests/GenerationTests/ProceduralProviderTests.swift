import Concurrency
import Foundation
import Generation
import Imaging
import Testing

@testable import ProviderProcedural

@Suite struct `The procedural provider` {
    private let provider = ProceduralProvider(threads: WorkerThreads(name: "paint", count: 2))

    private func request(_ prompt: String = "blue silk", side: Int = 40, seed: UInt64? = 1) -> GenerationRequest {
        GenerationRequest(prompt: prompt, size: .pixels(width: side, height: side), seed: seed)
    }

    private func pictures(_ request: GenerationRequest, key: GenerationKey = "run/1") async throws -> [GeneratedImage] {
        let ticket = try await provider.submit(request, key: key)
        guard case .ready(let images) = try await provider.collect(ticket) else { return [] }
        return images
    }

    private func pixels(_ image: GeneratedImage) -> [UInt8] {
        guard case .bitmap(let bitmap) = image.content else { return [] }
        return bitmap.pixels
    }

    @Test func `a picture says that it is procedural, and with which seed it was made`() async throws {
        let image = try #require(try await pictures(request(seed: 7)).first)

        #expect(image.isProcedural)
        #expect(image.origin.provider == "procedural")
        #expect(image.origin.provenance.sourceType == .algorithmicMedia)
        #expect(image.seed == 7)
        #expect(image.size == PixelSize(width: 40, height: 40))
    }

    @Test func `a ticket that went through the history gives the same pixels`() async throws {
        let ticket = try await provider.submit(request(), key: "run/1")
        let restored = try JSONDecoder().decode(Ticket.self, from: JSONEncoder().encode(ticket))

        guard case .ready(let first) = try await provider.collect(ticket),
            case .ready(let second) = try await provider.collect(restored)
        else {
            Issue.record("the generator is never pending")
            return
        }

        #expect(first.map(pixels) == second.map(pixels))
    }

    @Test func `without a seed the key decides, so a retry repeats and another order differs`() async throws {
        let first = try await provider.submit(request(seed: nil), key: "run/1").state
        let retry = try await provider.submit(request(seed: nil), key: "run/1").state
        let other = try await provider.submit(request(seed: nil), key: "run/2").state

        #expect(first == retry)
        #expect(first != other)
    }

    @Test func `several pictures of one request use one seed after the other`() async throws {
        var several = request(seed: 5)
        several.count = 3

        let images = try await pictures(several)

        #expect(images.map(\.seed) == [5, 6, 7])
        #expect(Set(images.map(pixels)).count == 3)
    }

    @Test func `the greatest seed has a next one`() async throws {
        var several = request(seed: .max)
        several.count = 2

        #expect(try await pictures(several).map(\.seed) == [.max, 0])
    }

    @Test(arguments: [
        ("", 64, 64, "empty"), ("  \n", 64, 64, "empty"), ("a", 4096, 64, "2048"), ("a", 64, 31, "32"),
        ("a", 0, 0, "32"), ("a", -5, 64, "32"), (String(repeating: "x", count: 20_000), 64, 64, "16384"),
    ]) func `what it cannot draw it refuses with the limit`(prompt: String, width: Int, height: Int, hint: String)
        async
    {
        let faulty = GenerationRequest(prompt: prompt, size: .pixels(width: width, height: height))

        guard case .refused(let reason) = provider.supports(faulty) else {
            Issue.record("it was accepted")
            return
        }
        #expect(reason.contains(hint))
        await #expect(throws: GenerationError.self) { try await provider.submit(faulty, key: "run/1") }
    }

    @Test func `what it would have to ignore it refuses`() {
        var masked = request()
        masked.mask = "masks/a.png"
        var referring = request()
        referring.references = [.init(storageKey: "a.jpg", role: .style)]
        var negative = request()
        negative.negativePrompt = "text"
        var many = request()
        many.count = 9
        var foreign = request()
        foreign.model = "flux"

        for faulty in [masked, referring, negative, many, foreign] { #expect(provider.supports(faulty) != .full) }
    }

    @Test(arguments: [
        nil, "", "{}", "null", "\u{0}",
        #"{"prompt":"a","seed":1,"width":99999,"height":64,"count":1,"model":"atelier-scenes-1"}"#,
        #"{"prompt":"a","seed":1,"width":64,"height":64,"count":9999999,"model":"atelier-scenes-1"}"#,
    ]) func `a ticket that it did not write is refused for good`(state: String?) async {
        let ticket = Ticket(
            provider: "procedural", id: "1", submittedAt: Date(timeIntervalSince1970: 0), state: state)

        let error = await #expect(throws: GenerationError.self) { try await provider.collect(ticket) }
        #expect(error?.isRetryable == false)
    }

    @Test func `cancelling stops a large picture`() async throws {
        let ticket = try await provider.submit(request("marble", side: 2048), key: "run/1")
        let drawing = Task { [provider] in try await provider.collect(ticket) }

        drawing.cancel()

        let result = await drawing.result
        #expect(throws: GenerationError.cancelled) { try result.get() }
    }
}
