import Foundation
import Generation
import Testing

@Suite struct `Choosing a provider` {
    private let flux = ScriptedProvider("bfl", models: ["flux-pro-1.1", "flux-dev"])
    private let gemini = ScriptedProvider("gemini", models: ["nano-banana"])

    private func router(_ providers: any ImageProvider..., aliases: [ModelAlias] = []) -> GenerationRouter {
        GenerationRouter(ProviderRegistry(providers), aliases: aliases)
    }

    private func reason(_ work: () throws(GenerationError) -> GenerationRoute) -> String {
        do throws(GenerationError) {
            _ = try work()
            return ""
        } catch { return error.message }
    }

    @Test func `a request without a model goes to the first provider, with its default model`() throws {
        let route = try router(flux, gemini).route(GenerationRequest(prompt: "a shoe"))

        #expect(route.provider.id == "bfl")
        #expect(route.request.model == "flux-pro-1.1")
        #expect(route.skipped.isEmpty)
    }

    @Test func `a provider that cannot do the request is passed over, and the route says why`() throws {
        let refusing = ScriptedProvider("bfl", models: ["flux"], support: .refused(reason: "no mask"))

        let route = try router(refusing, gemini).route(GenerationRequest(prompt: "a shoe", mask: "masks/a.png"))

        #expect(route.provider.id == "gemini")
        #expect(route.skipped == [.init(provider: "bfl", reason: "no mask")])
    }

    @Test func `an alias decides the order and the models`() throws {
        let alias = ModelAlias(
            "flux_pro", targets: [.init(provider: "gone"), .init(provider: "bfl", model: "flux-dev")])

        let route = try router(gemini, flux, aliases: [alias])
            .route(GenerationRequest(prompt: "a shoe", model: "flux_pro"))

        #expect(route.provider.id == "bfl")
        #expect(route.request.model == "flux-dev")
        #expect(route.skipped.map(\.provider) == ["gone"])
    }

    @Test func `a provider's own model name finds that provider`() throws {
        let route = try router(flux, gemini).route(GenerationRequest(prompt: "a shoe", model: "nano-banana"))

        #expect(route.provider.id == "gemini")
        #expect(route.request.model == "nano-banana")
    }

    @Test func `a named provider is the only one asked`() throws {
        let route = try router(flux, gemini).route(GenerationRequest(prompt: "a shoe", provider: "gemini"))

        #expect(route.provider.id == "gemini")
    }

    @Test func `an unknown provider is answered with the known ones`() {
        let text = reason { () throws(GenerationError) in
            try router(flux, gemini).route(GenerationRequest(prompt: "a shoe", provider: "midjourney"))
        }

        #expect(text.contains("'midjourney'"))
        #expect(text.contains("bfl, gemini"))
    }

    @Test func `an unknown model is answered with the known models and aliases`() {
        let alias = ModelAlias("flux_pro", targets: [.init(provider: "bfl")])

        let text = reason { () throws(GenerationError) in
            try router(flux, aliases: [alias]).route(GenerationRequest(prompt: "a shoe", model: "sdxl"))
        }

        #expect(text.contains("'sdxl'"))
        #expect(text.contains("flux_pro, flux-pro-1.1, flux-dev"))
    }

    @Test func `a model of another provider is refused with the named provider's models`() {
        let text = reason { () throws(GenerationError) in
            try router(flux, gemini).route(GenerationRequest(prompt: "a", provider: "bfl", model: "nano-banana"))
        }

        #expect(text.contains("not a model of bfl"))
        #expect(text.contains("flux-dev"))
    }

    @Test func `when nobody can, every reason is told`() {
        let one = ScriptedProvider("one", models: ["a"], support: .refused(reason: "too large"))
        let two = ScriptedProvider("two", models: ["b"], support: .refused(reason: "no seed"))

        let text = reason { () throws(GenerationError) in
            try router(one, two).route(GenerationRequest(prompt: "a shoe"))
        }

        #expect(text.contains("one: too large; two: no seed"))
    }

    @Test func `without any provider the client is told so`() {
        let text = reason { () throws(GenerationError) in try router().route(GenerationRequest(prompt: "a")) }

        #expect(text == "No image provider is configured on this server.")
    }

    @Test func `a ticket of a provider that is not configured now can be collected later`() throws {
        let registry = ProviderRegistry([flux])
        let ticket = Ticket(provider: "gemini", id: "1", submittedAt: Date(timeIntervalSince1970: 0))

        let error = #expect(throws: GenerationError.self) { try registry.provider(of: ticket) }

        #expect(error?.isRetryable == true)
    }
}
