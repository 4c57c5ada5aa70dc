/// One operation as HTML: what it takes, what it answers, and a command that calls it.
struct OperationView {
    let operation: Operation
    let document: JSONValue
    let server: String

    private var json: JSONValue { operation.json }

    var html: HTML {
        let doc: HTML? = json["description"] == nil ? nil : "<p>\(json.text("description"))</p>"
        return "<div class=\"body\">\(doc)\(parameters)\(requestBody)\(command)\(responses)</div>"
    }

    private var parameters: HTML? {
        guard let all = json["parameters"]?.elements, !all.isEmpty else { return nil }
        let rows: [HTML] = all.map { parameter in
            let schema = parameter["schema"] ?? [:]
            let isRequired = parameter["required"] == true
            return """
                <tr><th><code>\(parameter.text("name"))</code>\(isRequired ? "<i>required</i>" as HTML : "")</th>\
                <td>\(parameter.text("in"))</td><td>\(SchemaView(schema).summary)\
                <p>\(parameter.text("description"))</p></td></tr>
                """
        }
        return "<h4>Parameters</h4><table>\(rows)</table>"
    }

    private var requestBody: HTML? {
        guard let body = json["requestBody"], let content = body["content"]?.members.first else { return nil }
        let doc: HTML? = body["description"] == nil ? nil : "<p>\(body.text("description"))</p>"
        return """
            <h4>Body <small>\(content.name)</small></h4>\(doc)\(SchemaView(content.value["schema"] ?? [:]).html)
            """
    }

    private var responses: HTML {
        let rows: [HTML] = (json["responses"]?.members ?? []).map { response in
            let content = response.value["content"]?.members.first
            let shape: HTML? = (content?.value["schema"]).map { "<p>\(SchemaView($0).summary)</p>" }
            let example: HTML? = (content?.value["example"]).map { "<pre>\(JSONLayout.text(of: $0))</pre>" }
            return """
                <tr><th class="s\(String(response.name.prefix(1)))"><code>\(response.name)</code></th>\
                <td>\(response.value.text("description"))\(shape)\(example)</td></tr>
                """
        }
        return "<h4>Answers</h4><table>\(rows)</table>"
    }

    private var command: HTML {
        var words = ["curl"]
        if operation.method != "get" { words.append("-X \(operation.method.uppercased())") }
        if json["security"] != nil { words.append("-u \"$API_USERNAME:$API_PASSWORD\"") }
        words.append("'\(server)\(operation.path)'")
        if let content = json["requestBody"]?["content"]?.members.first {
            let schema = content.value["schema"] ?? [:]
            if content.name.hasPrefix("multipart/") {
                let fields = schema["properties"]?.members.map { "-F '\($0.name)=@FILE'" } ?? []
                words.append(contentsOf: fields)
            } else {
                let body = SchemaExample(document: document).value(for: schema)
                words.append("-H 'Content-Type: \(content.name)'")
                // A quote inside a quoted word of the shell: end it, a quoted quote, begin again.
                words.append("-d '\(JSONLayout.text(of: body).replacing("'", with: "'\\''"))'")
            }
        }
        return "<h4>Command</h4><pre>\(words.joined(separator: " \\\n  "))</pre>"
    }
}

/// A value that fits a schema, from its examples where there are some.
struct SchemaExample {
    let document: JSONValue

    func value(for schema: JSONValue) -> JSONValue {
        if case .string(let reference)? = schema["$ref"], let name = reference.split(separator: "/").last,
            let target = document["components"]?["schemas"]?[String(name)]
        {
            return schema["examples"]?.elements.first ?? value(for: target)
        }
        if let given = schema["examples"]?.elements.first ?? schema["const"] ?? schema["enum"]?.elements.first {
            return given
        }
        if let fallback = schema["default"] { return fallback }
        if let first = (schema["oneOf"] ?? schema["anyOf"])?.elements.first { return value(for: first) }
        switch JSONSchema.mainType(of: schema) {
        case "object":
            var object = JSONObject()
            let required = schema["required"]?.elements ?? []
            for property in schema["properties"]?.members ?? []
            where required.contains(.string(property.name)) || property.value["examples"] != nil {
                object[property.name] = value(for: property.value)
            }
            return .object(object)
        case "array": return .array([value(for: schema["items"] ?? [:])])
        case "integer": return schema["minimum"] ?? 1
        case "number": return schema["minimum"] ?? 1.5
        case "boolean": return true
        default: return "text"
        }
    }
}

extension JSONSchema {
    /// The type that is not null.
    static func mainType(of schema: JSONValue) -> String {
        let types = schema["type"].map { type in type.elements.isEmpty ? [type] : type.elements } ?? []
        if case .string(let type)? = types.first(where: { $0 != "null" }) { return type }
        return ""
    }
}
