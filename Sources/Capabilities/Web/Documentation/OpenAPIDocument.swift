/// The description of the routes for programs.
///
/// - SeeAlso: OpenAPI Specification 3.1.0.
public struct OpenAPIDocument: Sendable {
    /// The document.
    public let json: JSONValue

    /// Describes `routes`.
    public init(_ configuration: WebConfiguration, routes: [Route]) {
        var paths = JSONObject()
        var schemas: [String: JSONObject] = [:]
        var schemes = JSONObject()
        for route in routes {
            let path = route.pattern.openAPIText
            var item = JSONObject()
            if case .object(let known)? = paths[path] { item = known }
            item[route.method.rawValue.lowercased()] = .object(route.operation)
            paths[path] = .object(item)
            for shape in route.shapes { Self.add(shape.allComponents, to: &schemas) }
            if let scheme = route.access.scheme { schemes[scheme.name] = .object(scheme.definition) }
        }
        Self.add(ErrorShapes.text.allComponents, to: &schemas)
        Self.add(ErrorShapes.faults.allComponents, to: &schemas)
        let sorted = JSONObject(
            distinct: schemas.sorted { $0.key < $1.key }.map { .init(name: $0, value: .object($1)) })
        let operationIDs = routes.map(\.operationID)
        precondition(Set(operationIDs).count == operationIDs.count, "two routes have one operation id")
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": .string(configuration.title), "version": .string(configuration.version),
                "description": .string(configuration.summary),
            ],
            "servers": [["url": .string(configuration.publicURL)]],
            "tags": .array(Self.tags(of: routes)),
            "paths": .object(paths),
            "components": ["schemas": .object(sorted), "securitySchemes": .object(schemes)],
        ]
    }

    private static func tags(of routes: [Route]) -> [JSONValue] {
        var names: [String] = []
        for tag in routes.flatMap(\.tags) where !names.contains(tag) { names.append(tag) }
        return names.map { ["name": .string($0)] }
    }

    private static func add(_ components: [String: JSONObject], to schemas: inout [String: JSONObject]) {
        for (name, definition) in components {
            let known = schemas.updateValue(definition, forKey: name)
            precondition(known == nil || known == definition, "two different schemas are both named \(name)")
        }
    }
}

/// The two shapes that every fault has.
enum ErrorShapes {
    static let text = JSONSchema.object("Error", [.property("detail", .string(), doc: "What was wrong, in words")])
    static let fault = JSONSchema.object(
        "Fault",
        [
            .property(
                "loc", JSONSchema(["type": "array", "items": ["type": ["string", "integer"]]]),
                doc: "The way to it: names, and indices into lists"),
            .property("msg", .string(), doc: "What is wrong and what would be right"),
            .property("type", .string(), doc: "The same for programs"),
        ])
    static let faults = JSONSchema.object(
        "ValidationError", [.property("detail", .array(of: fault), doc: "Every fault at once")])
}
