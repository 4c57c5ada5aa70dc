extension Route {
    /// A stable name for code generators: `getCampaignsById`.
    var operationID: String {
        let words = pattern.segments.map { segment in
            switch segment {
            case .literal(let text): text.camelCased
            case .parameter(let name), .tail(let name): "By" + name.camelCased
            }
        }
        return method.rawValue.lowercased() + words.joined()
    }

    /// Every shape that the operation mentions.
    var shapes: [JSONSchema] {
        inputs.map(\.shape) + responses.compactMap(\.schema) + (accepts.map { [$0.schema] } ?? [])
    }

    var operation: JSONObject {
        var operation: JSONObject = ["operationId": .string(operationID), "summary": .string(summary)]
        if let doc { operation["description"] = .string(doc) }
        if !tags.isEmpty { operation["tags"] = .array(tags.map { .string($0) }) }
        let parameters = inputs.compactMap(\.parameter) + (takesIdempotencyKey ? [Self.idempotencyKey] : [])
        if !parameters.isEmpty { operation["parameters"] = .array(parameters.map { .object($0) }) }
        operation["requestBody"] = requestBody.map { .object($0) }
        operation["responses"] = .object(documentedResponses)
        if let scheme = access.scheme { operation["security"] = [.object([scheme.name: []])] }
        return operation
    }

    private static let idempotencyKey: JSONObject = [
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "The same key with the same body gives the first answer again instead of doing it twice.",
        "schema": ["type": "string", "minLength": 1, "maxLength": 255],
    ]

    private var requestBody: JSONObject? {
        if let accepts {
            return content(accepts.mediaType, accepts.schema, doc: accepts.doc)
        }
        guard let body = inputs.first(where: { $0.parameter == nil }) else { return nil }
        return content("application/json", body.shape, doc: body.doc)
    }

    private func content(_ mediaType: String, _ shape: JSONSchema, doc: String?) -> JSONObject {
        var body: JSONObject = ["required": true]
        if let doc { body["description"] = .string(doc) }
        body["content"] = .object([mediaType: ["schema": .object(shape.reference)]])
        return body
    }

    private var documentedResponses: JSONObject {
        var all = JSONObject()
        for response in responses { all[String(response.status)] = .object(response.openAPI) }
        for error in impliedErrors + errors {
            let key = String(error.status)
            guard all[key] == nil else { continue }
            let shape = error.status == 422 ? ErrorShapes.faults : ErrorShapes.text
            all[key] = .object(
                DocumentedResponse(
                    status: error.status, doc: error.doc, mediaType: "application/json", schema: shape
                ).openAPI)
        }
        return JSONObject(distinct: all.members.sorted { $0.name < $1.name })
    }

    /// What follows from access and inputs.
    private var impliedErrors: [DocumentedError] {
        var errors = [DocumentedError(400, "The request target makes no sense")]
        if access.scheme != nil { errors.append(DocumentedError(401, "Credentials are missing or wrong")) }
        if requestBody != nil {
            errors.append(DocumentedError(413, "The body is too large"))
            errors.append(DocumentedError(415, "The body is of another media type"))
        }
        errors.append(DocumentedError(422, "Some of it is not acceptable; every fault is told at once"))
        errors.append(DocumentedError(500, "A fault of the server; quote the request id"))
        return errors
    }
}

extension InputDescription {
    /// The entry in `parameters`; nil for a body.
    var parameter: JSONObject? {
        if case .body = place { return nil }
        var schema = shape.reference
        schema["default"] = fallback
        var parameter: JSONObject = [
            "name": .string(name), "in": .string(place.word), "required": .boolean(isRequired),
        ]
        if let doc { parameter["description"] = .string(doc) }
        parameter["schema"] = .object(schema)
        return parameter
    }
}

extension DocumentedResponse {
    var openAPI: JSONObject {
        var response: JSONObject = ["description": .string(doc)]
        guard let mediaType else { return response }
        var content = JSONObject()
        if let schema { content["schema"] = .object(schema.reference) }
        if let example { content["example"] = example }
        response["content"] = .object([mediaType: .object(content)])
        return response
    }
}

extension String {
    /// `openapi.json` as `OpenapiJson`.
    fileprivate var camelCased: String {
        split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
