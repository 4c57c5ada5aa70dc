public import Observability

/// The routes of the program, and the handler that serves them.
public struct Router: Sendable {
    /// The routes in the order they were added.
    public private(set) var routes: [Route] = []
    private var tree = RouteTree()

    /// Creates a router without routes.
    public init() {}

    /// Adds a route.
    ///
    /// Two routes of one method and path are a mistake of the program and stop it.
    public mutating func add(_ route: Route) {
        tree.insert(routes.count, method: route.method, pattern: route.pattern)
        routes.append(route)
    }

    /// Adds routes.
    public mutating func add(_ routes: [Route]) {
        for route in routes { add(route) }
    }

    /// The function that a server calls for each request.
    ///
    /// It adds the routes `/openapi.json`, `/docs` and `/redoc`, which describe all others. Every fault has become a
    /// response when it returns, and every response carries `X-Request-ID` and the security fields.
    public func handler(_ configuration: WebConfiguration, logger: Logger, metrics: Metrics) -> HTTPHandler {
        var all = self
        all.add(DocumentationRoutes(configuration, routes: routes).routes)
        let pipeline = RequestPipeline(router: all, cors: configuration.cors, logger: logger, metrics: metrics)
        return { request in await pipeline.answer(request) }
    }

    /// The route for a path and a method, with the captured parameters.
    /// - Throws: 404 or 405.
    func match(_ target: RequestTarget, method: String) throws(HTTPError) -> Match {
        switch tree.find(target.segments, method: method) {
        case .route(let index): return .route(routes[index])
        case .otherMethods(let methods) where method == "OPTIONS": return .options(methods)
        case .otherMethods(let methods): throw .methodNotAllowed(shown(method), allow: methods)
        case .nothing: throw .notFound()
        }
    }

    enum Match {
        case route(Route)
        case options([String])
    }

    // The client's word comes back to it, so it must be one.
    private func shown(_ method: String) -> String {
        method.utf8.count <= 20 && method.utf8.allSatisfy { (65...90).contains($0) } ? method : "this method"
    }
}

/// How the API presents itself.
public struct WebConfiguration: Sendable {
    /// The product's name in documentation.
    public var title: String
    /// The version in documentation.
    public var version: String
    /// What the product is, in Markdown, for documentation.
    public var summary: String
    /// The base of the URLs that documentation shows: `https://atelier.example`.
    public var publicURL: String
    /// Which pages elsewhere may call the API.
    public var cors: CORSPolicy

    /// Creates a configuration.
    public init(title: String, version: String, summary: String, publicURL: String, cors: CORSPolicy = .sameOrigin) {
        self.title = title
        self.version = version
        self.summary = summary
        self.publicURL = publicURL
        self.cors = cors
    }
}
