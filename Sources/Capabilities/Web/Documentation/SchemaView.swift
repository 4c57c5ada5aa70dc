/// A schema as HTML.
struct SchemaView {
    let schema: JSONValue

    init(_ schema: JSONValue) { self.schema = schema }

    /// A table of members for an object, the alternatives of a choice, a line for anything else.
    var html: HTML {
        if let properties = schema["properties"]?.members {
            let required = schema["required"]?.elements ?? []
            let rows: [HTML] = properties.map { property in
                let mark: HTML = required.contains(.string(property.name)) ? "<i>required</i>" : ""
                return """
                    <tr><th><code>\(property.name)</code>\(mark)</th><td>\(SchemaView(property.value).summary)\
                    <p>\(property.value.text("description"))</p></td></tr>
                    """
            }
            let doc: HTML? = schema["description"] == nil ? nil : "<p>\(schema.text("description"))</p>"
            return "\(doc)<table>\(rows)</table>"
        }
        return "<p>\(summary)</p>"
    }

    /// The type with its limits, in one line.
    var summary: HTML {
        let facts: [HTML] = limits.map { "<span class=\"limit\">\($0)</span>" }
        return "\(type)\(facts)"
    }

    private var type: HTML {
        if let name = schema.text("$ref").split(separator: "/").last {
            return "<a href=\"#schema-\(String(name))\"><code>\(String(name))</code></a>"
        }
        if let choices = schema["oneOf"] ?? schema["anyOf"] {
            return HTML(
                joining: choices.elements.enumerated().map { "\($0 > 0 ? " or " as HTML : "")\(SchemaView($1).type)" })
        }
        if let constant = schema["const"] { return "<code>\(JSONLayout.text(of: constant))</code>" }
        let types = schema["type"].map { type in type.elements.isEmpty ? [type] : type.elements } ?? []
        let names = types.compactMap { if case .string(let name) = $0 { name } else { nil } }.joined(separator: " or ")
        if let items = schema["items"] { return "<em>\(names)</em> of \(SchemaView(items).type)" }
        if let values = schema["additionalProperties"], values["type"] != nil || values["$ref"] != nil {
            return "<em>\(names)</em> of \(SchemaView(values).type)"
        }
        return "<em>\(names)</em>"
    }

    private var limits: [String] {
        let words = [
            ("format", ""), ("minLength", "at least "), ("maxLength", "at most "), ("minimum", "≥ "), ("maximum", "≤ "),
            ("minItems", "at least "), ("maxItems", "at most "), ("pattern", "pattern "), ("default", "default "),
        ]
        var limits = words.compactMap { keyword, word in
            schema[keyword].map { value in
                if case .string(let text) = value { word + text } else { word + JSONLayout.line(of: value) }
            }
        }
        if let values = (schema["enum"] ?? schema["items"]?["enum"])?.elements {
            limits += values.map(JSONLayout.line(of:))
        }
        return limits
    }
}

/// JSON with line breaks, for people.
enum JSONLayout {
    static func text(of value: JSONValue, indent: String = "") -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + text(of: $0, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let object) where !object.members.isEmpty:
            let lines = object.members.map { member in
                inner + text(of: .string(member.name)) + ": " + text(of: member.value, indent: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return line(of: value)
        }
    }

    /// The same in one line.
    static func line(of value: JSONValue) -> String {
        do {
            return try JSONWriter.text(of: value)
        } catch {
            // A number that is not finite has no JSON form; it is shown for what it is.
            return "\(error)"
        }
    }
}
