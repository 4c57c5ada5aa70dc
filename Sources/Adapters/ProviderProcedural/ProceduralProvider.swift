public import Concurrency
import FoundationEssentials
public import Generation
import Imaging

/// The built-in generator: it draws from formulas, steered by the words of the prompt, and says so.
///
/// It needs no network, no key and no model, costs nothing, and gives the same pixels for the same prompt, seed and
/// size on every machine. A ticket holds the request itself, so that collecting after a crash draws the same again.
public struct ProceduralProvider: ImageProvider {
    /// `procedural`.
    public static let id: ProviderID = "procedural"
    /// The name and version of the formulas; a change of the pixels is a new version.
    public static let model = "atelier-scenes-1"
    /// The longest side, in pixels.
    public static let longestSide = 2048
    /// The shortest side, in pixels.
    public static let shortestSide = 32
    /// The most pictures in one request.
    public static let mostPictures = 8
    /// The longest prompt, in bytes of UTF-8.
    public static let longestPrompt = 16_384

    private let threads: WorkerThreads
    private let clock: any WallClock

    /// Creates the generator.
    /// - Parameter threads: Where it draws: about a second of a core for each megapixel.
    public init(threads: WorkerThreads, clock: any WallClock = SystemClock()) {
        self.threads = threads
        self.clock = clock
    }

    /// `procedural`.
    public var id: ProviderID { Self.id }

    /// One model, free, as many at once as there are threads.
    public var offer: ProviderOffer {
        ProviderOffer(models: [Self.model], taskQueue: "default", concurrencyLimit: threads.count, isLocal: true)
    }

    /// Accepts prompts with a size of 32 to 2048 pixels a side; no references, no mask, no negative prompt.
    public func supports(_ request: GenerationRequest) -> Support {
        if let fault = Self.fault(of: request) { return .refused(reason: fault) }
        return .full
    }

    /// Writes the request into a ticket; nothing is drawn yet.
    ///
    /// A request without a seed gets one from `key`: another order gives another picture, a retry of it the same.
    public func submit(_ request: GenerationRequest, key: GenerationKey) async throws(GenerationError) -> Ticket {
        if let fault = Self.fault(of: request) {
            throw .unsupportedRequest(reason: "The built-in generator cannot make this picture: \(fault).")
        }
        let order = Order(request, seed: request.seed ?? Chance.hash(key.rawValue) >> 11)
        return Ticket(provider: id, id: key.rawValue, submittedAt: clock.now, state: try order.text())
    }

    /// Draws the pictures of a ticket on the worker threads.
    /// - Throws: `cancelled` within a row of pixels after the task is cancelled; `unsupportedRequest` for a ticket
    ///   that this generator did not write.
    public func collect(_ ticket: Ticket) async throws(GenerationError) -> Collected {
        let order = try Order(ticket)
        var images: [GeneratedImage] = []
        for number in 0..<order.count { images.append(try await image(number, of: order)) }
        return .ready(images)
    }

    private func image(_ number: Int, of order: Order) async throws(GenerationError) -> GeneratedImage {
        let seed = order.seed &+ UInt64(number)
        let canvas = await threads.run { () -> PixelCanvas? in
            Painting(prompt: order.prompt, seed: seed, width: order.width, height: order.height)
                .draw { Task.isCancelled }
        }
        guard let canvas else { throw .cancelled }
        let size = PixelSize(width: canvas.width, height: canvas.height)
        return GeneratedImage(
            content: .bitmap(Bitmap(size: size, channels: 3, pixels: canvas.pixels)), size: size, seed: seed,
            origin: GenerationOrigin(kind: .procedural, provider: id, model: Self.model))
    }

    private static func fault(of request: GenerationRequest) -> String? {
        let (width, height) = request.size.resolved()
        let sides = shortestSide...longestSide
        if !request.prompt.contains(where: { !$0.isWhitespace }) { return "the prompt is empty" }
        if request.prompt.utf8.count > longestPrompt { return "the prompt is longer than \(longestPrompt) bytes" }
        if !sides.contains(width) || !sides.contains(height) {
            return "a side is \(shortestSide) to \(longestSide) pixels, not \(width)x\(height)"
        }
        if !(1...mostPictures).contains(request.count) { return "it makes 1 to \(mostPictures) pictures a request" }
        if let model = request.model, model != Self.model { return "its only model is \(Self.model)" }
        if !request.references.isEmpty { return "it does not use reference images" }
        if request.mask != nil { return "it does not use a mask" }
        if request.negativePrompt?.isEmpty == false { return "it does not use a negative prompt" }
        return nil
    }
}
