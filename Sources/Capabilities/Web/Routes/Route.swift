/// One operation of the API: what it takes, what it answers, and the code between.
public struct Route: Sendable {
    let method: HTTPMethod
    let pattern: PathPattern
    let summary: String
    let doc: String?
    let tags: [String]
    let access: Access
    let takesIdempotencyKey: Bool
    let accepts: DocumentedBody?
    let inputs: [InputDescription]
    let responses: [DocumentedResponse]
    let errors: [DocumentedError]
    let respond: @Sendable (RequestContext, RequestParts) async throws -> HTTPResponse

    /// Creates a route with a typed answer.
    ///
    /// ```swift
    /// Route(.get, "/campaigns/{id}", summary: "Shows a campaign", tags: ["Campaigns"], access: .basic(accounts),
    ///     .path("id", .integer(1...)), returns: .ok(CampaignModel.self), errors: [.notFound]
    /// ) { context, id in try await store.campaign(id) }
    /// ```
    /// - Parameters:
    ///   - idempotent: Whether `Idempotency-Key` is taken and handed to `handler` in its context.
    ///   - inputs: What is read from path, query, header and body before `handler` runs; every fault at once is 422.
    ///   - errors: What `handler` itself may throw, for documentation.
    ///   - handler: Throws ``HTTPConvertibleError`` for what the client should know.
    public init<each Value: Sendable, Reply: ResponseModel>(
        _ method: HTTPMethod, _ path: String, summary: String, doc: String? = nil, tags: [String] = [], access: Access,
        idempotent: Bool = false, _ inputs: repeat Input<each Value>, returns: Returns<Reply>,
        errors: [DocumentedError] = [],
        handler: @escaping @Sendable (RequestContext, repeat each Value) async throws -> Reply
    ) {
        self.init(
            method, path, summary, doc, tags, access, idempotent, nil, repeat each inputs,
            responses: [returns.documented], errors: errors
        ) { (context: RequestContext, values: repeat each Value) in
            try returns.response(try await handler(context, repeat each values))
        }
    }

    /// Creates a route that reads its body, or writes its answer, itself: uploads, files, event streams.
    /// - Parameter accepts: The body for documentation; `handler` reads it from its context's request.
    public init<each Value: Sendable>(
        raw method: HTTPMethod, _ path: String, summary: String, doc: String? = nil, tags: [String] = [],
        access: Access, idempotent: Bool = false, accepts: DocumentedBody? = nil, _ inputs: repeat Input<each Value>,
        returns: [DocumentedResponse], errors: [DocumentedError] = [],
        handler: @escaping @Sendable (RequestContext, repeat each Value) async throws -> HTTPResponse
    ) {
        self.init(
            method, path, summary, doc, tags, access, idempotent, accepts, repeat each inputs, responses: returns,
            errors: errors, handler: handler)
    }

    private init<each Value: Sendable>(
        _ method: HTTPMethod, _ path: String, _ summary: String, _ doc: String?, _ tags: [String], _ access: Access,
        _ takesIdempotencyKey: Bool, _ accepts: DocumentedBody?, _ inputs: repeat Input<each Value>,
        responses: [DocumentedResponse], errors: [DocumentedError],
        handler: @escaping @Sendable (RequestContext, repeat each Value) async throws -> HTTPResponse
    ) {
        self.method = method
        pattern = PathPattern(path)
        self.summary = summary
        self.doc = doc
        self.tags = tags
        self.access = access
        self.takesIdempotencyKey = takesIdempotencyKey
        self.accepts = accepts
        self.responses = responses
        self.errors = errors
        var descriptions: [InputDescription] = []
        for input in repeat each inputs { descriptions.append(input.description) }
        self.inputs = descriptions
        let reader = InputReader(descriptions, takesIdempotencyKey: takesIdempotencyKey)
        let all = (repeat each inputs)
        respond = { context, parts in
            var (context, parts, faults) = try await reader.read(context, parts)
            let values = (repeat (each all).read(parts, &faults))
            guard faults.isEmpty else { throw ValidationError(faults.all) }
            return try await handler(context, repeat try present(each values))
        }
        checkParameters()
    }

    private func checkParameters() {
        let named = inputs.filter { $0.place == .path }.map(\.name)
        precondition(
            Set(named) == Set(pattern.parameterNames) && named.count == pattern.parameterNames.count,
            "\(pattern.text) and its .path inputs name different parameters")
        let bodies = inputs.filter { $0.place.word == "body" }
        precondition(bodies.count <= 1, "\(pattern.text) reads its body twice")
    }
}
