import Testing

@testable import Web

@Suite struct `Routing` {
    static func echo(_ method: HTTPMethod, _ path: String) -> Route {
        Route(raw: method, path, summary: "", access: .open, returns: []) { _ in
            HTTPResponse(status: 200, body: .bytes(Array("\(method.rawValue) \(path)".utf8)))
        }
    }

    @Test func `a literal wins over a parameter, and a method decides between them`() async {
        let parameter = Route(
            raw: .get, "/jobs/{id}", summary: "", access: .open, .path("id", .string()), returns: []
        ) { _, id in HTTPResponse(status: 200, body: .bytes(Array("id \(id)".utf8))) }
        let app = App([parameter, Self.echo(.post, "/jobs/start"), Self.echo(.get, "/jobs/all")])

        #expect(await app.send("GET", "/jobs/all").text == "GET /jobs/all")
        #expect(await app.send("GET", "/jobs/start").text == "id start")
        #expect(await app.send("POST", "/jobs/start").text == "POST /jobs/start")
        #expect(await app.send("POST", "/jobs/7").status == 405)
        #expect(await app.send("DELETE", "/jobs/start").headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    }

    @Test(arguments: [
        ("/files/a/b.jpg", "a/b.jpg"), ("/files/a%20b", "a b"), ("/files/%C3%A9", "é"), ("/files/a+b", "a+b"),
        ("http://localhost/files/x", "x"), ("HTTPS://h:1/files/x?", "x"),
    ])
    func `paths are decoded segment by segment`(target: String, key: String) async {
        #expect(await App.campaigns().send("GET", target).text == key)
    }

    @Test(arguments: [
        ("", 400), ("campaigns", 400), ("/a b", 400), ("/a#b", 400), ("/é", 400), ("/%", 400), ("/%4", 400),
        ("/%zz", 400), ("/%00", 400), ("/files/a%00.jpg", 400), ("/%0a", 400), ("/%7f", 400), ("/%ff", 400),
        ("/%c0%af", 400), ("/%ed%a0%80", 400), ("/files/..", 400), ("/files/%2e%2e/x", 400), ("/files/.", 400),
        ("/files/.%2E/x", 400), ("/campaigns?a=%", 400), ("/campaigns?a=%00", 400), ("/campaigns?%ff=1", 400),
        ("/files/a%2fb", 404), ("/files/", 404), ("/files//a", 404), ("/files", 404), ("/campaigns/", 404),
        ("//campaigns", 404), ("/Campaigns", 404), ("/campaigns/1/", 404), ("/", 404), ("http://host", 404),
        ("/campaigns?", 200), ("/campaigns?&&", 200),
    ])
    func `targets that are not right are refused`(target: String, status: Int) async {
        let response = await App.campaigns().send("GET", target)
        #expect(response.status == status, "\(target) \(response.text ?? "")")
    }

    @Test func `an encoded slash stays inside its segment`() async {
        let route = Route(
            raw: .get, "/a/{x}/b", summary: "", access: .open, .path("x", .string()), returns: []
        ) { _, x in HTTPResponse(status: 200, body: .bytes(Array(x.utf8))) }
        #expect(await App([route]).send("GET", "/a/1%2F2/b").text == "1/2")
    }

    @Test func `more than a hundred query parameters are refused`() async {
        let query = Array(repeating: "a=1", count: 101).joined(separator: "&")
        #expect(await App.campaigns().send("GET", "/campaigns?" + query).status == 400)
    }

    @Test func `a plus in a query is a space`() async {
        let route = Route(
            raw: .get, "/find", summary: "", access: .open, .query("text", .string()), returns: []
        ) { _, text in HTTPResponse(status: 200, body: .bytes(Array(text.utf8))) }
        #expect(await App([route]).send("GET", "/find?text=red+%2B+blue").text == "red + blue")
    }

    @Test func `HEAD is answered as GET, and starts no stream`() async {
        let stream = Route(raw: .get, "/events", summary: "", access: .open, returns: []) { _ in
            HTTPResponse.events { _ in }
        }
        let app = App([stream, Self.echo(.get, "/text")])

        #expect(await app.send("HEAD", "/text").status == 200)
        let head = await app.send("HEAD", "/events")
        #expect(head.text == "")
        #expect(head.headers["Content-Type"] == "text/event-stream")
    }

    @Test func `the root has its own route`() async {
        #expect(await App([Self.echo(.get, "/")]).send("GET", "/").text == "GET /")
    }

    @Test func `two routes of one path stop the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = App([Routing.echo(.get, "/a/{x}"), Routing.echo(.get, "/a/{y}")])
        }
    }

    @Test func `a pattern whose parameters nobody reads stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = Routing.echo(.get, "/a/{x}") }
    }
}
