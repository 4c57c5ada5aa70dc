/// The part of reading a request that does not depend on the inputs' types.
struct InputReader: Sendable {
    private let queryNames: [String]
    private let bodyLimit: Int?
    private let takesIdempotencyKey: Bool

    init(_ inputs: [InputDescription], takesIdempotencyKey: Bool) {
        queryNames = inputs.filter { $0.place == .query }.map(\.name)
        bodyLimit = inputs.lazy.compactMap { if case .body(let limit) = $0.place { limit } else { nil } }.first
        self.takesIdempotencyKey = takesIdempotencyKey
    }

    /// Reads the body, and finds the faults that no single input can see.
    func read(
        _ context: RequestContext, _ parts: RequestParts
    ) async throws -> (RequestContext, RequestParts, Faults) {
        var (context, parts, faults) = (context, parts, Faults())
        checkQuery(parts.query, &faults)
        if takesIdempotencyKey { context.idempotencyKey = idempotencyKey(in: parts.headers, &faults) }
        if let bodyLimit {
            (context.bodyBytes, parts.body) = try await JSONBody.read(from: context.request, limitInBytes: bodyLimit)
        }
        return (context, parts, faults)
    }

    private func checkQuery(_ query: [(name: String, value: String)], _ faults: inout Faults) {
        for (index, parameter) in query.enumerated() {
            let place: [Fault.Place] = ["query", .name(String(parameter.name.prefix(100)))]
            if !queryNames.contains(parameter.name) {
                let known = queryNames.isEmpty ? "none" : queryNames.joined(separator: ", ")
                faults.add("extra_forbidden", "Unknown query parameter; known here: \(known)", at: place)
            } else if query[..<index].contains(where: { $0.name == parameter.name }) {
                faults.add("duplicate", "Query parameter is given more than once", at: place)
            }
        }
    }

    private func idempotencyKey(in headers: HTTPHeaders, _ faults: inout Faults) -> String? {
        let keys = headers.fields.filter { $0.name.equalsIgnoringASCIICase("Idempotency-Key") }.map(\.value)
        guard let key = keys.first else { return nil }
        if keys.count == 1, (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) {
            return key
        }
        faults.add(
            "value_error", "Idempotency-Key must be given once, as 1 to 255 printable ASCII characters",
            at: ["header", "Idempotency-Key"])
        return nil
    }
}
