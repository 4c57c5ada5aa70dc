import Cryptography
import Testing

@testable import Web

@Suite struct `The API's description` {
    let app = App.campaigns()

    func document() async throws -> JSONValue {
        guard case .bytes(let bytes) = await app.send("GET", "/openapi.json").body else { return nil }
        return try JSONParser.parse(bytes)
    }

    @Test func `lists exactly the routes`() async throws {
        let paths = try await document()["paths"]?.members ?? []
        let operations = paths.flatMap { path in path.value.members.map { "\($0.name) \(path.name)" } }
        #expect(
            operations.sorted() == [
                "delete /campaigns/{id}", "get /campaigns", "get /campaigns/{id}", "get /fault", "get /files/{key}",
                "post /campaigns",
            ])
    }

    @Test func `names an operation in full`() async throws {
        let operation = try #require(try await document()["paths"]?["/campaigns"]?["get"])
        #expect(
            try JSONWriter.text(of: operation) == #"""
                {"operationId":"getCampaigns","summary":"Lists campaigns","tags":["Campaigns"],"parameters":[{"name":"limit","in":"query","required":false,"description":"How many items the page has at most","schema":{"type":"integer","minimum":1,"maximum":200,"default":50}},{"name":"cursor","in":"query","required":false,"description":"The next_cursor of the page before","schema":{"type":"string","minLength":1,"maxLength":1000}}],"responses":{"200":{"description":"Success","content":{"application/json":{"schema":{"$ref":"#/components/schemas/AcceptedPage"},"example":{"items":[{"id":1,"status":"pending"}],"next_cursor":null}}}},"400":{"description":"The request target makes no sense","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}},"422":{"description":"Some of it is not acceptable; every fault is told at once","content":{"application/json":{"schema":{"$ref":"#/components/schemas/ValidationError"}}}},"500":{"description":"A fault of the server; quote the request id","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}}}
                """#)
    }

    @Test func `says what the access and the inputs imply`() async throws {
        let operation = try #require(try await document()["paths"]?["/campaigns"]?["post"])
        #expect(operation["security"] == [["basic": []]])
        #expect(
            operation["responses"]?.members.map(\.name) == ["202", "400", "401", "409", "413", "415", "422", "500"])
        #expect(operation["parameters"]?.elements.map { $0.text("name") } == ["Idempotency-Key"])
        #expect(
            operation["requestBody"]?["content"]?["application/json"]?["schema"] == [
                "$ref": "#/components/schemas/NewCampaign"
            ])
        #expect(
            try await document()["components"]?["securitySchemes"] == ["basic": ["type": "http", "scheme": "basic"]])
    }

    @Test func `has examples that fit their shapes and references that lead somewhere`() async throws {
        let document = try await document()
        let checker = SchemaChecker(components: document["components"]?["schemas"] ?? [:])
        var count = 0
        for operation in document["paths"]?.members.flatMap(\.value.members) ?? [] {
            for response in operation.value["responses"]?.members ?? [] {
                guard let content = response.value["content"]?.members.first?.value, let example = content["example"]
                else { continue }
                count += 1
                #expect(
                    checker.faults(in: example, against: content["schema"] ?? [:]) == [],
                    "\(operation.value.text("operationId"))")
            }
        }
        #expect(count == 4)
        #expect(dangling(document, in: document).isEmpty)
    }

    private func dangling(_ value: JSONValue, in document: JSONValue) -> [String] {
        switch value {
        case .array(let elements): return elements.flatMap { dangling($0, in: document) }
        case .object(let object):
            let own = object.members.filter { $0.name == "$ref" }.compactMap { member -> String? in
                guard case .string(let text) = member.value, let name = text.split(separator: "/").last else {
                    return "?"
                }
                return document["components"]?["schemas"]?[String(name)] == nil ? text : nil
            }
            return own + object.members.flatMap { dangling($0.value, in: document) }
        default: return []
        }
    }

    @Test func `errors have the documented shapes`() async throws {
        let checker = SchemaChecker(components: try await document()["components"]?["schemas"] ?? [:])
        for (target, shape) in [
            ("/nothing", "Error"), ("/campaigns?limit=0&x=1", "ValidationError"), ("/fault", "Error"),
        ] {
            guard case .bytes(let bytes) = await app.send("GET", target).body else { continue }
            let faults = checker.faults(
                in: try JSONParser.parse(bytes), against: ["$ref": .string("#/components/schemas/\(shape)")])
            #expect(faults == [], "\(target)")
        }
    }

    @Test(arguments: ["/docs", "/redoc"])
    func `is a page that loads nothing and runs nothing`(path: String) async throws {
        let response = await app.send("GET", path)
        let html = try #require(response.text)
        let style = try #require(html.firstRange(of: "<style>")), end = try #require(html.firstRange(of: "</style>"))
        let digest = Base64.standard.encode(SHA256.hash(html[style.upperBound..<end.lowerBound].utf8).bytes)

        #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(
            response.headers["Content-Security-Policy"]
                == "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        #expect(
            !html.contains("<script") && !html.contains(" style=") && !html.contains("src=")
                && !html.contains("@import"))
        #expect(html.contains("A &lt;test&gt;") && !html.contains("A <test>"))
        for id in ["postCampaigns", "getCampaignsById", "getFilesByKey"] { #expect(html.contains("id=\"\(id)\"")) }
        #expect(html.contains("id=\"schema-LocalImage\""))
    }

    @Test func `escapes what it shows`() {
        let evil = "<script>alert('x')</script>&\""
        #expect(("<p>\(evil)</p>" as HTML).text == "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</p>")
    }

    @Test func `is open to read and lists itself nowhere`() async {
        #expect(await app.send("GET", "/openapi.json").headers["Content-Type"] == "application/json")
        #expect(await app.send("POST", "/openapi.json").status == 405)
    }
}
