/// The routes that describe all others: the document for programs, and two pages for people.
///
/// Everything is made once at start. The pages load nothing: no script, no font, no address but their own.
struct DocumentationRoutes {
    let routes: [Route]

    init(_ configuration: WebConfiguration, routes described: [Route]) {
        let document = OpenAPIDocument(configuration, routes: described)
        let json = Self.bytes(of: document)
        let reference = DocumentationPage(document: document.json, layout: .explorer)
        let reading = DocumentationPage(document: document.json, layout: .reader)
        routes = [
            Self.route("/openapi.json", "This API as an OpenAPI 3.1 document", "application/json", json),
            Self.route(
                "/docs", "This API as a page, with a command for each operation", "text/html; charset=utf-8",
                Array(reference.html.utf8), policy: reference.contentSecurityPolicy),
            Self.route(
                "/redoc", "This API as one page to read", "text/html; charset=utf-8", Array(reading.html.utf8),
                policy: reading.contentSecurityPolicy),
        ]
    }

    private static func bytes(of document: OpenAPIDocument) -> [UInt8] {
        do {
            return try JSONWriter.bytes(of: document.json)
        } catch {
            preconditionFailure("a route's example has no JSON form: \(error)")
        }
    }

    private static func route(
        _ path: String, _ summary: String, _ mediaType: String, _ bytes: [UInt8], policy: String? = nil
    ) -> Route {
        let answer = DocumentedResponse(status: 200, doc: summary, mediaType: mediaType)
        return Route(raw: .get, path, summary: summary, tags: ["Documentation"], access: .open, returns: [answer]) {
            _ in
            var response = HTTPResponse(
                status: 200, headers: ["Content-Type": mediaType, "Cache-Control": "no-cache"], body: .bytes(bytes))
            response.headers["Content-Security-Policy"] = policy
            return response
        }
    }
}
