import FoundationEssentials
import Generation

/// What a ticket of the procedural generator says: everything the pictures depend on.
struct Order: Codable, Sendable {
    let prompt: String
    let seed: UInt64
    let width: Int
    let height: Int
    let count: Int
    /// The version of the formulas that it was ordered from.
    let model: String

    init(_ request: GenerationRequest, seed: UInt64) {
        prompt = request.prompt
        self.seed = seed
        (width, height) = request.size.resolved()
        count = request.count
        model = ProceduralProvider.model
    }

    /// Reads a ticket and checks it as it would a request: the history it comes from may be older than this program.
    init(_ ticket: Ticket) throws(GenerationError) {
        let faulty = GenerationError.unsupportedRequest(
            reason: "The stored ticket is not one of the built-in generator. Start the job again.")
        guard ticket.provider == ProceduralProvider.id, let state = ticket.state else { throw faulty }
        do {
            self = try JSONDecoder().decode(Order.self, from: Data(state.utf8))
        } catch {
            throw faulty
        }
        let sides = ProceduralProvider.shortestSide...ProceduralProvider.longestSide
        guard sides.contains(width), sides.contains(height), (1...ProceduralProvider.mostPictures).contains(count)
        else { throw faulty }
    }

    /// The order as JSON with sorted keys, for the ticket.
    func text() throws(GenerationError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw .garbageAnswer(provider: ProceduralProvider.id, detail: "the order could not be written: \(error)")
        }
    }
}
