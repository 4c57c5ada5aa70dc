private import Cryptography

/// An OpenAPI document as one HTML page that needs nothing else: no script, no font, no network.
struct DocumentationPage {
    enum Layout {
        /// Folded operations with a command line for each.
        case explorer
        /// Everything open, beside a table of contents.
        case reader
    }

    let document: JSONValue
    let layout: Layout

    /// Allows the page's own style and nothing else.
    var contentSecurityPolicy: String {
        let digest = Base64.standard.encode(SHA256.hash(DocumentationStyle.css.utf8).bytes)
        return "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
    }

    var html: String {
        let title = document.text("info", "title")
        let page: HTML = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title) API</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <style>\(HTML(stringLiteral: DocumentationStyle.css))</style></head>
            <body class="\(layout == .reader ? "reader" : "explorer")">
            <nav aria-label="Operations"><a class="brand" href="#top">\(title)</a>\(navigation)</nav>
            <main id="top"><header><h1>\(title) <small>\(document.text("info", "version"))</small></h1>
            <p class="lead">\(document.text("info", "description"))</p>
            <p class="links"><a href="/openapi.json">OpenAPI document</a> · <a href="/docs">Explorer</a> ·
            <a href="/redoc">Reference</a> · <code>\(server)</code></p></header>
            \(sections)
            <section id="schemas"><h2>Shapes</h2>\(schemas)</section></main></body></html>
            """
        return page.text
    }

    var server: String { document["servers"]?.elements.first?.text("url") ?? "" }

    /// Operations by tag, in the document's order.
    private var groups: [(tag: String, operations: [Operation])] {
        let operations = (document["paths"]?.members ?? []).flatMap { path in
            path.value.members.map { Operation(path: path.name, method: $0.name, json: $0.value) }
        }
        let tags = document["tags"]?.elements.map { $0.text("name") } ?? []
        return (tags + [""]).map { tag in (tag, operations.filter { $0.tag == tag }) }.filter { !$0.1.isEmpty }
    }

    private var navigation: [HTML] {
        groups.map { tag, operations in
            let links: [HTML] = operations.map { operation in
                """
                <li><a href="#\(operation.id)"><b class="m \(operation.method)">\(operation.method)</b> \
                \(operation.json.text("summary"))</a></li>
                """
            }
            return "<h2>\(tag.isEmpty ? "Other" : tag)</h2><ul>\(links)</ul>"
        } + ["<h2><a href=\"#schemas\">Shapes</a></h2>"]
    }

    private var sections: [HTML] {
        groups.map { tag, operations in
            "<section><h2>\(tag.isEmpty ? "Other" : tag)</h2>\(operations.map(card))</section>"
        }
    }

    private func card(_ operation: Operation) -> HTML {
        let lock: HTML? = operation.json["security"] == nil ? nil : "<span class=\"lock\">needs credentials</span>"
        let title: HTML = """
            <b class="m \(operation.method)">\(operation.method)</b> <code class="path">\(operation.path)</code> \
            <span>\(operation.json.text("summary"))</span>\(lock)
            """
        let body = OperationView(operation: operation, document: document, server: server).html
        switch layout {
        case .explorer:
            return "<details class=\"card\" id=\"\(operation.id)\"><summary>\(title)</summary>\(body)</details>"
        case .reader:
            return "<article class=\"card\" id=\"\(operation.id)\"><h3>\(title)</h3>\(body)</article>"
        }
    }

    private var schemas: [HTML] {
        (document["components"]?["schemas"]?.members ?? []).map { schema in
            """
            <article class="card" id="schema-\(schema.name)"><h3><code>\(schema.name)</code></h3>\
            \(SchemaView(schema.value).html)</article>
            """
        }
    }
}

/// One operation of the document.
struct Operation {
    let path: String
    let method: String
    let json: JSONValue

    var id: String { json.text("operationId") }
    var tag: String {
        if case .string(let tag)? = json["tags"]?.elements.first { tag } else { "" }
    }
}

extension JSONValue {
    var members: [JSONObject.Member] { if case .object(let object) = self { object.members } else { [] } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    /// The text at the end of `path`; empty when there is none.
    func text(_ path: String...) -> String {
        let end = path.reduce(Optional(self)) { value, name in value?[name] }
        return if case .string(let text)? = end { text } else { "" }
    }
}
