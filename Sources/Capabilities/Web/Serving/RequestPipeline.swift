import Concurrency
import Observability

/// What happens to every request, in this order: id, route, credentials, validation, handler, headers, log, metrics.
struct RequestPipeline: Sendable {
    let router: Router
    let cors: CORSPolicy
    let logger: Logger
    let metrics: HTTPMetrics

    init(router: Router, cors: CORSPolicy, logger: Logger, metrics: Metrics) {
        self.router = router
        self.cors = cors
        self.logger = logger
        self.metrics = HTTPMetrics(metrics)
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let id = RequestID.accept(request.headers["X-Request-ID"])
        return await LogContext.with(["request_id": .text(id)]) {
            let start = ContinuousClock.now
            metrics.begin()
            // What a client wrote is never a label: requests that fit no route share one.
            var route = "unmatched"
            var response = await answer(request, id: id, route: &route)
            finish(&response, for: request, id: id)
            report(response, to: request, route: route, duration: ContinuousClock.now - start)
            return response
        }
    }

    private func answer(_ request: HTTPRequest, id: String, route name: inout String) async -> HTTPResponse {
        do {
            let target = try RequestTarget(request.target)
            switch try router.match(target, method: request.method) {
            case .options(let methods): return options(methods, for: request)
            case .route(let route):
                name = route.pattern.text
                return try await run(route, request, target, id: id)
            }
        } catch {
            return response(to: error, id: id, route: name)
        }
    }

    private func run(
        _ route: Route, _ request: HTTPRequest, _ target: RequestTarget, id: String
    ) async throws -> HTTPResponse {
        let principal = try await route.access.admit(request)
        let context = RequestContext(
            requestID: id, principal: principal, request: request, routePattern: route.pattern.text)
        let parts = RequestParts(
            captures: route.pattern.captures(in: target.segments), query: target.query, headers: request.headers)
        return try await route.respond(context, parts)
    }

    private func options(_ methods: [String], for request: HTTPRequest) -> HTTPResponse {
        var response = HTTPResponse(status: 204, headers: ["Allow": methods.joined(separator: ", ")])
        cors.applyPreflight(to: &response.headers, for: request, methods: methods)
        return response
    }

    /// The one place where an error becomes words for the client.
    private func response(to error: any Error, id: String, route: String) -> HTTPResponse {
        if let error = error as? any HTTPConvertibleError {
            let told = error.httpError
            if told.status >= 500 { log(error, "request refused", route) }
            return told.response
        }
        if error is CancellationError {
            // The client left, or the program stops; only in the second case does anyone read this.
            return HTTPError.unavailable("The server is stopping", retryAfter: .seconds(5)).response
        }
        log(error, "request failed", route)
        return HTTPError.internalError(requestID: id).response
    }

    private func log(_ error: any Error, _ message: String, _ route: String) {
        logger.error(message, ["error": .text(String(reflecting: error)), "route": .text(route)])
    }

    private func finish(_ response: inout HTTPResponse, for request: HTTPRequest, id: String) {
        response.headers["X-Request-ID"] = id
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setDefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setDefault("Cache-Control", "no-store")
        cors.apply(to: &response.headers, for: request)
        // The server sends no body to HEAD, but must not start a producer either.
        if request.method == "HEAD", case .stream = response.body { response.body = .bytes([]) }
    }

    private func report(_ response: HTTPResponse, to request: HTTPRequest, route: String, duration: Duration) {
        let seconds = duration.seconds
        metrics.end(method: request.method, route: route, status: response.status, seconds: seconds)
        var fields: [String: LogValue] = [
            "method": .text(request.method), "route": .text(route), "status": .integer(response.status),
            "ms": .number((seconds * 1e6).rounded() / 1e3), "client": .text(request.remoteAddress),
        ]
        switch response.body {
        case .bytes(let bytes): fields["bytes"] = .integer(bytes.count)
        case .file(_, _, let count): fields["bytes"] = .integer(count)
        case .stream: break
        }
        logger.info("request", fields)
    }
}

extension HTTPHeaders {
    /// Sets `name` unless it is there.
    mutating func setDefault(_ name: String, _ value: String) {
        if self[name] == nil { append(name, value) }
    }
}
