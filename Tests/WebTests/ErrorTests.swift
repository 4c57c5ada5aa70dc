import Observability
import Testing

@testable import Web

@Suite struct `Errors over HTTP` {
    let app = App.campaigns()

    @Test(arguments: [
        ("GET", "/nothing", 404, #"{"detail":"There is nothing at this path"}"#),
        ("PUT", "/campaigns", 405, #"{"detail":"This path does not take PUT; it takes GET, HEAD, OPTIONS, POST"}"#),
        ("brew", "/campaigns", 405, #"{"detail":"This path does not take this method; it takes GET, HEAD, OPTIONS, POST"}"#),
        ("GET", "/campaigns/../x", 400, #"{"detail":"The path climbs with '.' or '..'"}"#),
        ("POST", "/campaigns", 401, #"{"detail":"This needs credentials"}"#),
    ])
    func `the words are these`(method: String, target: String, status: Int, text: String) async {
        let response = await app.send(method, target)
        #expect(response.status == status)
        #expect(response.text == text)
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(response.headers["X-Request-ID"] != nil)
    }

    @Test func `a method that a path does not take gets the list of those it does`() async {
        #expect(await app.send("PATCH", "/campaigns/1").headers["Allow"] == "DELETE, GET, HEAD, OPTIONS")
    }

    @Test func `missing and wrong credentials get a challenge before the body is read`() async {
        let body = FakeBody("not json")
        for headers in [[:], basic("ann:wrong"), basic("bob:secret"), ["Authorization": "Basic ???"]] as [HTTPHeaders] {
            let response = await app.send("POST", "/campaigns?unknown=1", headers: headers, body: body)
            #expect(response.status == 401)
            #expect(response.headers["WWW-Authenticate"] == #"Basic realm="atelier", charset="UTF-8""#)
        }
        #expect(body.readCount == 0)
    }

    @Test func `the handler's own error keeps its words`() async {
        let response = await app.send("GET", "/campaigns/100", headers: basic("ann:secret"))
        #expect(response.status == 404)
        #expect(response.text == #"{"detail":"There is no campaign 100"}"#)
    }

    @Test func `an unknown error says nothing but the request id, and the log says the rest`() async throws {
        let response = await app.send("GET", "/fault", headers: ["X-Request-ID": "abc-1"])

        #expect(response.status == 500)
        #expect(response.text == #"{"detail":"Internal error; quote request id abc-1 when you report it"}"#)
        let line = try #require(app.log.lines.first { $0.level == .error })
        #expect(line.fields["request_id"] == "abc-1")
        #expect(line.fields["error"] == .text(String(reflecting: Unhappy())))
    }

    @Test(arguments: [
        (HTTPError.tooManyRequests("Slow down", retryAfter: .milliseconds(1500)), 429, "2"),
        (HTTPError.unavailable("Later", retryAfter: .zero), 503, "1"),
    ])
    func `errors that pass say when to come back`(error: HTTPError, status: Int, seconds: String) async {
        let route = Route(.get, "/busy", summary: "", access: .open, returns: .noContent) { _ in throw error }
        let response = await App([route]).send("GET", "/busy")
        #expect(response.status == status)
        #expect(response.headers["Retry-After"] == seconds)
    }

    @Test(arguments: [
        (RequestBodyError.disconnected, 400), (.malformed("a boundary is missing"), 400), (.unsupported("x"), 415),
        (.tooLarge(limit: 5), 413), (.noRoom, 503),
    ])
    func `a body that cannot be read gets its status`(error: RequestBodyError, status: Int) async {
        var headers = basic("ann:secret")
        headers["Content-Type"] = "application/json"
        let body = FakeBody([[0x7b]], failure: error)
        #expect(await app.send("POST", "/campaigns", headers: headers, body: body).status == status)
    }

    @Test func `a cancelled request is not an internal error`() async {
        let route = Route(.get, "/slow", summary: "", access: .open, returns: .noContent) { _ in
            throw CancellationError()
        }
        let app = App([route])
        #expect(await app.send("GET", "/slow").status == 503)
        #expect(!app.log.lines.contains { $0.level == .error })
    }
}
