@testable import Web

/// A small validator of JSON Schema: what `JSONSchema` and `Schema` make, and nothing else.
struct SchemaChecker {
    let components: JSONValue

    /// What is wrong with `value`; empty when nothing is.
    func faults(in value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
        if let name = schema.text("$ref").split(separator: "/").last {
            guard let target = components[String(name)] else { return ["\(place): no schema \(name)"] }
            return faults(in: value, against: target, at: place)
        }
        if let choices = (schema["oneOf"] ?? schema["anyOf"])?.elements {
            let fitting = choices.filter { faults(in: value, against: $0, at: place).isEmpty }
            return fitting.isEmpty ? ["\(place): fits no alternative"] : []
        }
        if let constant = schema["const"], constant != value { return ["\(place): is not the constant"] }
        if let values = schema["enum"]?.elements, !values.contains(value) { return ["\(place): is not in the list"] }
        let types = schema["type"].map { $0.elements.isEmpty ? [$0] : $0.elements } ?? []
        if !types.isEmpty, !types.contains(where: { fits(value, $0) }) { return ["\(place): is \(value.kind)"] }
        switch value {
        case .array(let items):
            return items.enumerated().flatMap { faults(in: $1, against: schema["items"] ?? [:], at: "\(place)[\($0)]") }
        case .object(let object): return memberFaults(object, schema, place)
        default: return []
        }
    }

    private func memberFaults(_ object: JSONObject, _ schema: JSONValue, _ place: String) -> [String] {
        let missing = schema["required"]?.elements.filter { name in
            !object.members.contains { .string($0.name) == name }
        }
        return (missing ?? []).map { "\(place): lacks \($0)" }
            + object.members.flatMap { member in
                if let known = schema["properties"]?[member.name] {
                    return faults(in: member.value, against: known, at: "\(place).\(member.name)")
                }
                switch schema["additionalProperties"] {
                case .boolean(false): return ["\(place): has unknown \(member.name)"]
                case let rest?: return faults(in: member.value, against: rest, at: "\(place).\(member.name)")
                case nil: return []
                }
            }
    }

    private func fits(_ value: JSONValue, _ type: JSONValue) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.boolean, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }
}
