import Testing

@testable import Web

/// The body of a 422 with the given faults.
private func detail(_ faults: [String]) -> String { #"{"detail":["# + faults.joined(separator: ",") + "]}" }

@Suite struct `Validation over HTTP` {
    let app = App.campaigns()

    @Test func `a valid body reaches the handler and its answer is JSON in the order of its type`() async {
        let response = await app.post(
            "/campaigns",
            #"{"description":"Line\nbreak","image_metadata":{"path":"a.jpg","source_type":"local"},"variations":["1:1","9:16"]}"#,
            headers: basic("ann:secret"))

        #expect(response.status == 202)
        #expect(response.text == #"{"id":2,"status":"pending"}"#)
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(response.headers["Location"] == "/campaigns/2")
    }

    @Test func `every fault of a body is told at once`() async {
        let response = await app.post(
            "/campaigns",
            #"{"name":"","image_metadata":{"source_type":"local","path":7,"seed":1},"variations":["1:1","2:1","1:1"],"extra":1}"#,
            headers: basic("ann:secret"))

        #expect(response.status == 422)
        #expect(
            response.text == detail([
                    #"{"loc":["body","name"],"msg":"String should have at least 1 character","type":"string_too_short"}"#,
                    #"{"loc":["body","description"],"msg":"Field required","type":"missing"}"#,
                    #"{"loc":["body","image_metadata","path"],"msg":"Input should be a valid string, not a number","type":"string_type"}"#,
                    #"{"loc":["body","image_metadata","seed"],"msg":"Unknown field; this object has path","type":"extra_forbidden"}"#,
                    #"{"loc":["body","variations",2],"msg":"Item repeats item 0","type":"not_unique"}"#,
                    #"{"loc":["body","variations",1],"msg":"Input should be '1:1', '9:16' or '16:9'","type":"enum"}"#,
                    #"{"loc":["body","extra"],"msg":"Unknown field; this object has name, description, image_metadata, variations","type":"extra_forbidden"}"#
                ]))
    }

    @Test func `faults of path, query, header and body come in one answer`() async {
        let flags: Schema<Bool> = .object(nil, .required("a", .boolean)) { $0 }
        let route = Route(
            .post, "/things/{id}", summary: "", access: .open, idempotent: true, .path("id", .integer(1...9)),
            .query("size", .number(0...1)), .query(optional: "flag", .boolean),
            .header("X-Tone", .string(length: 1...3)),
            .body(flags), returns: .noContent
        ) { _, _, _, _, _, _ in NoContent() }

        let response = await App([route]).post(
            "/things/x?flag=yes&size=2&color=red", #"{"a":"no"}"#,
            headers: ["X-Tone": "loud", "Idempotency-Key": "naïve"])

        #expect(
            response.text == detail([
                    #"{"loc":["query","color"],"msg":"Unknown query parameter; known here: size, flag","type":"extra_forbidden"}"#,
                    #"{"loc":["header","Idempotency-Key"],"msg":"Idempotency-Key must be given once, as 1 to 255 printable ASCII characters","type":"value_error"}"#,
                    #"{"loc":["path","id"],"msg":"Input should be a valid integer, unable to parse string as an integer","type":"int_parsing"}"#,
                    #"{"loc":["query","size"],"msg":"Input should be less than or equal to 1","type":"less_than_equal"}"#,
                    #"{"loc":["query","flag"],"msg":"Input should be true or false","type":"bool_parsing"}"#,
                    #"{"loc":["header","X-Tone"],"msg":"String should have at most 3 characters","type":"string_too_long"}"#,
                    #"{"loc":["body","a"],"msg":"Input should be a valid boolean, not a string","type":"bool_type"}"#
                ]))
    }

    @Test(arguments: [
        ("", "missing", "Field required: the request needs a JSON body"),
        ("{", "json_invalid", "The body is not acceptable JSON: the text ends too early at line 1, column 1"),
        (
            #"{"a":1,"a":2}"#, "json_invalid",
            "The body is not acceptable JSON: the object has two members of one name, \"a\" at line 1, column 10"
        ),
        ("[]", "dict_type", "Input should be an object, not an array"),
    ])
    func `a body that is no object gets one clear fault`(body: String, type: String, message: String) async throws {
        let response = await app.post("/campaigns", body, headers: basic("ann:secret"))

        let expected = [Fault(at: ["body"], message, type: type)]
        #expect(response.status == 422)
        #expect(response.text == (try JSONWriter.text(of: ["detail": expected])))
    }

    @Test func `a parameter given twice is refused`() async {
        let response = await app.send("GET", "/campaigns?limit=5&limit=6")

        #expect(
            response.text
                == #"{"detail":[{"loc":["query","limit"],"msg":"Query parameter is given more than once","type":"duplicate"}]}"#
        )
    }

    @Test func `paging has a default, limits and an opaque cursor that is checked`() async throws {
        #expect(await app.send("GET", "/campaigns").text == #"{"items":[{"id":50,"status":"pending"}],"next_cursor":null}"#)

        let page = await app.send("GET", "/campaigns?limit=200&cursor=NDI")
        #expect(page.text == #"{"items":[{"id":200,"status":"pending"}],"next_cursor":"MjQy"}"#)

        for target in ["limit=0", "limit=201", "limit=", "limit=1.5", "limit=+5", "cursor=", "cursor=!", "cursor=YQ"] {
            #expect(await app.send("GET", "/campaigns?" + target).status == 422, "\(target)")
        }
        let refused = await app.send("GET", "/campaigns?cursor=YQ")
        #expect(
            refused.text
                == #"{"detail":[{"loc":["query","cursor"],"msg":"Cursor is not one that this list gave; begin again without it","type":"value_error"}]}"#
        )
    }

    @Test(arguments: [
        ("text/plain", 415), ("application/jsonp", 415), ("application/json; charset=latin1", 415),
        ("application/json", 422), ("Application/JSON;charset=UTF-8", 422), ("application/json; charset=\"utf-8\"", 422),
        ("application/merge-patch+json", 422), ("multipart/form-data", 415), ("", 415),
    ])
    func `only JSON in UTF-8 is read`(type: String, status: Int) async {
        var headers = basic("ann:secret")
        headers["Content-Type"] = type
        let response = await app.send("POST", "/campaigns", headers: headers, body: FakeBody("{}"))
        #expect(response.status == status)
    }

    @Test func `a body without a content type is told which one it needs`() async {
        let response = await app.send("POST", "/campaigns", headers: basic("ann:secret"), body: FakeBody("{}"))
        #expect(response.status == 415)
        #expect(response.text == #"{"detail":"The body needs the header Content-Type: application/json"}"#)
    }

    @Test func `a body that announces too much is refused before it is read`() async {
        let body = FakeBody([[1]], announced: 2001)
        var headers = basic("ann:secret")
        headers["Content-Type"] = "application/json"

        let response = await app.send("POST", "/campaigns", headers: headers, body: body)

        #expect(response.status == 413)
        #expect(response.text == #"{"detail":"The body is too large; at most 2000 bytes are accepted"}"#)
        #expect(body.readCount == 0)
    }

    @Test func `a chunked body is refused once it has too much`() async {
        let body = FakeBody(Array(repeating: Array(repeating: 0x20, count: 700), count: 100))
        var headers = basic("ann:secret")
        headers["Content-Type"] = "application/json"

        let response = await app.send("POST", "/campaigns", headers: headers, body: body)

        #expect(response.status == 413)
        #expect(body.readCount == 3)
    }

    @Test func `an unknown name comes back cut`() async throws {
        let name = String(repeating: "x", count: 1500)
        let response = await app.post("/campaigns", #"{"\#(name)":1}"#, headers: basic("ann:secret"))
        #expect(try #require(response.text).utf8.count < 700)
    }

    @Test func `more faults than a hundred are counted, not told`() async throws {
        let schema: Schema<[Bool]> = .array(of: .boolean, count: 0...1000)
        let json = JSONValue.array(Array(repeating: 1, count: 500))

        let error = #expect(throws: ValidationError.self) { try schema.decode(json) }

        #expect(error?.faults.count == 101)
        #expect(error?.faults.last == Fault(at: ["body"], "There are more faults; mend the first 100", type: "too_many_faults"))
    }
}
