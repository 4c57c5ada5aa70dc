/// The shape of a JSON value as OpenAPI describes it.
///
/// - SeeAlso: JSON Schema 2020-12, which OpenAPI 3.1 uses as it is.
public struct JSONSchema: Sendable, Equatable {
    /// Under what name the document keeps it; nil for one that is written where it is used.
    public var name: String?
    /// The keywords, with references to named schemas.
    public var definition: JSONObject
    /// The named schemas it refers to, directly or not, without itself.
    public private(set) var components: [String: JSONObject] = [:]

    /// Creates a description from its keywords.
    public init(_ definition: JSONObject, name: String? = nil, refersTo parts: [JSONSchema] = []) {
        self.definition = definition
        self.name = name
        for part in parts { adopt(part) }
    }

    /// How another schema writes this one: by reference when it has a name.
    public var reference: JSONObject {
        if let name { ["$ref": "#/components/schemas/\(name)"] } else { definition }
    }

    /// The named schemas needed to understand ``reference``.
    public var allComponents: [String: JSONObject] {
        var all = components
        if let name { all[name] = definition }
        return all
    }

    private mutating func adopt(_ part: JSONSchema) {
        for (name, definition) in part.allComponents {
            let known = components.updateValue(definition, forKey: name)
            precondition(known == nil || known == definition, "two different schemas are both named \(name)")
        }
    }

    /// The same with `text` as its description.
    public func documented(_ text: String) -> JSONSchema { with("description", .string(text)) }
    /// The same with an example.
    public func example(_ value: JSONValue) -> JSONSchema { with("examples", [value]) }

    private func with(_ keyword: String, _ value: JSONValue) -> JSONSchema {
        var copy = self
        copy.definition[keyword] = value
        return copy
    }
}

extension JSONSchema {
    /// A string.
    public static func string(format: String? = nil) -> JSONSchema {
        JSONSchema(format.map { ["type": "string", "format": .string($0)] } ?? ["type": "string"])
    }
    /// A time: ISO 8601 in UTC with milliseconds.
    public static var timestamp: JSONSchema { string(format: "date-time").example("2026-01-31T09:30:00.000Z") }
    /// A whole number.
    public static func integer() -> JSONSchema { JSONSchema(["type": "integer"]) }
    /// A number.
    public static func number() -> JSONSchema { JSONSchema(["type": "number"]) }
    /// True or false.
    public static func boolean() -> JSONSchema { JSONSchema(["type": "boolean"]) }
    /// One of the given strings.
    public static func enumeration(_ values: [String]) -> JSONSchema {
        JSONSchema(["type": "string", "enum": .array(values.map { .string($0) })])
    }
    /// An array.
    public static func array(of item: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "array", "items": .object(item.reference)], refersTo: [item])
    }
    /// An object whose names are data: `{"1:1": ..., "9:16": ...}`.
    public static func map(of value: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "object", "additionalProperties": .object(value.reference)], refersTo: [value])
    }
    /// The given schema, or null.
    public static func nullable(_ schema: JSONSchema) -> JSONSchema {
        if schema.name == nil, case .string(let type) = schema.definition["type"], schema.definition["enum"] == nil {
            return schema.with("type", [.string(type), "null"])
        }
        return JSONSchema(["anyOf": [.object(schema.reference), ["type": "null"]]], refersTo: [schema])
    }
    /// An object with the given members and no others.
    public static func object(_ name: String? = nil, _ properties: [Property]) -> JSONSchema {
        var members = JSONObject()
        for property in properties { members[property.name] = .object(property.definition) }
        var definition: JSONObject = ["type": "object", "properties": .object(members)]
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { definition["required"] = .array(required) }
        definition["additionalProperties"] = false
        return JSONSchema(definition, name: name, refersTo: properties.map(\.schema))
    }

    /// A member of an object.
    public struct Property: Sendable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool
        let extra: JSONObject

        init(_ name: String, _ schema: JSONSchema, isRequired: Bool, extra: JSONObject) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.extra = extra
        }

        var definition: JSONObject {
            var definition = schema.reference
            for member in extra.members { definition[member.name] = member.value }
            return definition
        }

        /// A member that is always there.
        public static func property(_ name: String, _ schema: JSONSchema, doc: String? = nil) -> Property {
            Property(name, schema, isRequired: true, extra: doc.map { ["description": .string($0)] } ?? [:])
        }
        /// A member that may be left out.
        public static func optional(_ name: String, _ schema: JSONSchema, doc: String? = nil) -> Property {
            Property(name, schema, isRequired: false, extra: doc.map { ["description": .string($0)] } ?? [:])
        }
    }
}
