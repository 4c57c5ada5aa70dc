/// One thing that a route takes from a request, with its place and its shape.
public struct Input<Value: Sendable>: Sendable {
    let description: InputDescription
    let read: @Sendable (RequestParts, inout Faults) -> Value?
}

/// An input as documentation sees it.
struct InputDescription: Sendable {
    enum Place: Sendable, Equatable {
        case path, query, header
        case body(limitInBytes: Int)
    }
    let place: Place
    let name: String
    let shape: JSONSchema
    let isRequired: Bool
    let doc: String?
    var fallback: JSONValue?
}

/// A request taken apart, before any schema has seen it.
struct RequestParts: Sendable {
    let captures: [(name: String, value: String)]
    let query: [(name: String, value: String)]
    let headers: HTTPHeaders
    var body = JSONBody.none

    func text(_ name: String, in place: InputDescription.Place) -> String? {
        switch place {
        case .path: captures.first { $0.name == name }?.value
        case .query: query.first { $0.name == name }?.value
        case .header: headers[name]
        case .body: nil
        }
    }
}

extension Input {
    /// A parameter of the path, which the route's pattern names too.
    public static func path(_ name: String, _ schema: Schema<Value>, doc: String? = nil) -> Input {
        required(.path, name, schema, doc)
    }

    /// A query parameter that must be there.
    public static func query(_ name: String, _ schema: Schema<Value>, doc: String? = nil) -> Input {
        required(.query, name, schema, doc)
    }

    /// A query parameter that has the value `fallback` when it is left out.
    public static func query(
        _ name: String, _ schema: Schema<Value>, default fallback: Value, doc: String? = nil
    ) -> Input {
        var description = InputDescription(
            place: .query, name: name, shape: schema.shape, isRequired: false, doc: doc)
        description.fallback = JSONValue(describing: fallback)
        return Input(description: description) { parts, faults in
            guard let text = parts.text(name, in: .query) else { return fallback }
            return read(text, .query, name, schema, &faults)
        }
    }

    /// A query parameter that may be left out.
    public static func query<Wrapped>(
        optional name: String, _ schema: Schema<Wrapped>, doc: String? = nil
    ) -> Input where Value == Wrapped? { optional(.query, name, schema, doc) }

    /// A header field that must be there.
    public static func header(_ name: String, _ schema: Schema<Value>, doc: String? = nil) -> Input {
        required(.header, name, schema, doc)
    }

    /// A header field that may be left out.
    public static func header<Wrapped>(
        optional name: String, _ schema: Schema<Wrapped>, doc: String? = nil
    ) -> Input where Value == Wrapped? { optional(.header, name, schema, doc) }

    /// The JSON body.
    /// - Parameter limitInBytes: A longer body is refused with 413, where possible before it is sent.
    public static func body(_ schema: Schema<Value>, limitInBytes: Int = 1 << 20, doc: String? = nil) -> Input {
        let description = InputDescription(
            place: .body(limitInBytes: limitInBytes), name: "body", shape: schema.shape, isRequired: true, doc: doc)
        return Input(description: description) { parts, faults in
            faults.within("body") { faults in
                switch parts.body {
                case .value(let json): return schema.read(json, &faults)
                case .fault(let type, let message): faults.add(type, message)
                case .none: faults.add("missing", "Field required: the request needs a JSON body")
                }
                return nil
            }
        }
    }

    private static func required(
        _ place: InputDescription.Place, _ name: String, _ schema: Schema<Value>, _ doc: String?
    ) -> Input {
        let description = InputDescription(place: place, name: name, shape: schema.shape, isRequired: true, doc: doc)
        return Input(description: description) { parts, faults in
            guard let text = parts.text(name, in: place) else {
                faults.add("missing", "Field required", at: [.name(place.word), .name(name)])
                return nil
            }
            return read(text, place, name, schema, &faults)
        }
    }

    private static func optional<Wrapped>(
        _ place: InputDescription.Place, _ name: String, _ schema: Schema<Wrapped>, _ doc: String?
    ) -> Input where Value == Wrapped? {
        let description = InputDescription(place: place, name: name, shape: schema.shape, isRequired: false, doc: doc)
        return Input(description: description) { parts, faults in
            guard let text = parts.text(name, in: place) else { return .some(nil) }
            return read(text, place, name, schema, &faults).map { .some($0) }
        }
    }

    private static func read<Read>(
        _ text: String, _ place: InputDescription.Place, _ name: String, _ schema: Schema<Read>, _ faults: inout Faults
    ) -> Read? {
        faults.within(.name(place.word)) { $0.within(.name(name)) { schema.read(text: text, &$0) } }
    }
}

extension InputDescription.Place {
    /// The first step of a fault's location.
    var word: String {
        switch self {
        case .path: "path"
        case .query: "query"
        case .header: "header"
        case .body: "body"
        }
    }
}
