import Cryptography
import Identity
import Observability
import Testing

@testable import Web

@Suite struct `Every response` {
    let app = App.campaigns()

    @Test(arguments: ["/campaigns", "/nothing", "/fault", "/campaigns/0", "/docs", "/%"])
    func `carries a request id and the security fields`(target: String) async {
        let response = await app.send("GET", target)
        #expect(response.headers["X-Request-ID"]?.utf8.count == 32)
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Referrer-Policy"] == "no-referrer")
        #expect(response.headers["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(response.headers["Cache-Control"] != nil)
    }

    @Test(arguments: [
        ("a", true), ("Az09._-", true), (String(repeating: "x", count: 128), true), ("", false),
        (String(repeating: "x", count: 129), false), ("a b", false), ("a\"b", false), ("é", false),
        ("a\r\nSet-Cookie", false),
    ])
    func `keeps the client's request id when it is harmless`(id: String, isKept: Bool) async {
        let response = await app.send("GET", "/nothing", headers: ["X-Request-ID": id])
        #expect((response.headers["X-Request-ID"] == id) == isKept)
    }

    @Test func `leaves one line in the log, with the pattern and not the path`() async throws {
        let response = await app.send("GET", "/campaigns/17?", headers: basic("ann:secret"))

        let line = try #require(app.log.lines.first)
        #expect(app.log.lines.count == 1)
        #expect(line.message == "request")
        #expect(line.fields["route"] == "/campaigns/{id}")
        #expect(line.fields["method"] == "GET")
        #expect(line.fields["status"] == 200)
        #expect(line.fields["bytes"] == .integer(response.text?.utf8.count ?? 0))
        #expect(line.fields["request_id"] == response.headers["X-Request-ID"].map { .text($0) })
        guard case .number(0...)? = line.fields["ms"] else {
            Issue.record("ms is \(String(describing: line.fields["ms"]))")
            return
        }
    }

    @Test func `is counted by pattern, and what a client invents is not a label`() async {
        _ = await app.send("GET", "/campaigns/1", headers: basic("ann:secret"))
        _ = await app.send("GET", "/campaigns/2", headers: basic("ann:secret"))
        _ = await app.send("BREW", "/coffee")

        func total(_ method: String, _ route: String, _ status: String) -> Double {
            let labels = ["method": method, "route": route, "status": status]
            return app.metrics.counter("atelier_http_requests_total", help: "", labels: labels).value
        }
        #expect(total("GET", "/campaigns/{id}", "200") == 2)
        #expect(total("OTHER", "unmatched", "404") == 1)
        #expect(app.metrics.gauge("atelier_http_requests_in_flight", help: "").value == 0)
        let times = app.metrics.histogram(
            "atelier_http_request_seconds", help: "", labels: ["route": "/campaigns/{id}"])
        #expect(times.snapshot.count == 2)
    }

    @Test func `gives its handler the id, the user, the pattern and the idempotency key`() async {
        let route = Route(
            raw: .post, "/things/{id}", summary: "", access: .basic(App.verifier), idempotent: true,
            .path("id", .integer()), .body(Schema<Bool>.boolean), returns: []
        ) { context, id, flag in
            let words = [
                context.requestID, context.principal?.name ?? "", context.routePattern, context.idempotencyKey ?? "",
                "\(id)", "\(flag)", String(decoding: context.bodyBytes, as: UTF8.self),
                LogContext.fields["request_id"] == .text(context.requestID) ? "logged" : "",
            ]
            return HTTPResponse(status: 200, body: .bytes(Array(words.joined(separator: "|").utf8)))
        }
        var headers = basic("ann:secret")
        headers["X-Request-ID"] = "r1"
        headers["Idempotency-Key"] = "k 1"
        #expect(
            await App([route]).post("/things/7", " true", headers: headers).text
                == "r1|ann|/things/{id}|k 1|7|true| true|logged")
    }

    @Test(arguments: [
        ["", "422"], ["x", "204"], [String(repeating: "x", count: 255), "204"],
        [String(repeating: "x", count: 256), "422"], ["a\tb", "422"],
    ])
    func `is refused when its idempotency key is not printable or too long`(row: [String]) async {
        let route = Route(.post, "/x", summary: "", access: .open, idempotent: true, returns: .noContent) { _ in
            NoContent()
        }
        #expect(await App([route]).send("POST", "/x", headers: ["Idempotency-Key": row[0]]).status == Int(row[1]))
    }

    @Test func `is refused when it has two idempotency keys`() async {
        let route = Route(.post, "/x", summary: "", access: .open, idempotent: true, returns: .noContent) { _ in
            NoContent()
        }
        var headers: HTTPHeaders = ["Idempotency-Key": "a"]
        headers.append("idempotency-key", "b")
        #expect(await App([route]).send("POST", "/x", headers: headers).status == 422)
    }

    @Test func `can be told apart by method, target and body`() {
        func print(_ method: String, _ target: String, _ body: String) -> String {
            let request = HTTPRequest(method: method, target: target, headers: [:], body: FakeBody(), remoteAddress: "")
            return RequestContext(
                requestID: "", principal: nil, request: request, routePattern: "", bodyBytes: Array(body.utf8)
            ).fingerprint.hex
        }
        #expect(print("POST", "/a", "{}") == print("POST", "/a", "{}"))
        #expect(
            Set([
                print("POST", "/a", "{}"), print("PUT", "/a", "{}"), print("POST", "/b", "{}"),
                print("POST", "/a", "{ }"),
            ]).count == 4)
    }

    @Test func `without content has neither body nor type`() async {
        let response = await app.send("DELETE", "/campaigns/1")
        #expect(response.status == 204)
        #expect(response.text == "")
        #expect(response.headers["Content-Type"] == nil)
    }
}

@Suite struct `Pages elsewhere` {
    static let shop = "https://shop.example"
    static let listed = CORSPolicy.origins([shop, "null"])
    static let trusted = CORSPolicy.origins([shop], allowsCredentials: true)

    @Test(
        arguments: [
            (CORSPolicy.sameOrigin, shop, nil, nil, nil), (.everywhere, shop, "*", nil, nil),
            (.everywhere, nil, nil, nil, nil),
            (listed, shop, shop, nil, "Origin"), (listed, "https://shop.example.evil", nil, nil, "Origin"),
            (listed, "https://SHOP.example", nil, nil, "Origin"), (listed, "null", "null", nil, "Origin"),
            (listed, nil, nil, nil, "Origin"), (trusted, shop, shop, "true", "Origin"),
            (trusted, "null", nil, nil, "Origin"),
        ] as [(CORSPolicy, String?, String?, String?, String?)])
    func `are let in by the policy`(
        policy: CORSPolicy, origin: String?, allowed: String?, credentials: String?, vary: String?
    ) async {
        var headers: HTTPHeaders = [:]
        headers["Origin"] = origin
        for target in ["/campaigns", "/nothing"] {
            let response = await App.campaigns(cors: policy).send("GET", target, headers: headers)
            #expect(response.headers["Access-Control-Allow-Origin"] == allowed)
            #expect(response.headers["Access-Control-Allow-Credentials"] == credentials)
            #expect(response.headers["Vary"] == vary)
            #expect((response.headers["Access-Control-Expose-Headers"] != nil) == (allowed != nil))
        }
    }

    @Test func `ask first and are told the methods and the fields, without credentials`() async {
        let response = await App.campaigns(cors: Self.listed).send(
            "OPTIONS", "/campaigns", headers: ["Origin": Self.shop, "Access-Control-Request-Method": "POST"])

        #expect(response.status == 204)
        #expect(response.headers["Access-Control-Allow-Origin"] == Self.shop)
        #expect(response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST")
        #expect(response.headers["Access-Control-Allow-Headers"]?.contains("Authorization") == true)
        #expect(response.headers["Access-Control-Max-Age"] == "600")
    }

    @Test(arguments: [
        (shop, "DELETE", 204), ("https://other.example", "POST", 204),
    ])
    func `that may not are not told more`(origin: String, method: String, status: Int) async {
        let response = await App.campaigns(cors: Self.listed).send(
            "OPTIONS", "/campaigns", headers: ["Origin": origin, "Access-Control-Request-Method": method])
        #expect(response.status == status)
        #expect(response.headers["Access-Control-Allow-Methods"] == nil)
        #expect(response.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    }

    @Test func `get 404 for a path that is not there`() async {
        let response = await App.campaigns(cors: Self.listed).send(
            "OPTIONS", "/nothing", headers: ["Origin": Self.shop, "Access-Control-Request-Method": "GET"])
        #expect(response.status == 404)
    }
}
