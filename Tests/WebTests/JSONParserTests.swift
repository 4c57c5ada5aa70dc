import Testing

@testable import Web

@Suite struct `Reading JSON` {
    @Test(
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("-0", 0), ("12", 12), ("1.5e2", 150.0), ("1.0", 1.0),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            (#""é\u00e9\ud83d\ude00\n""#, "éé😀\n"), ("[]", []), ("{}", [:]),
            (#"[1,[2,{"a":null}]]"#, [1, [2, ["a": nil]]]),
            (#"{"b":1,"a":2}"#, ["b": 1, "a": 2]), (#"{"":""}"#, ["": ""]), (#""\/\\\"""#, #"/\""#),
        ] as [(String, JSONValue)])
    func `what is right is read as it stands`(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test func `members keep their order`() throws {
        let names = (0..<50).map { "k\($0 * 7919 % 50)" }
        let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try JSONParser.parse(Array(text.utf8)).members.map(\.name) == names)
    }

    @Test(arguments: [
        ("", "the text is empty at line 1, column 1"),
        ("\u{feff}{}", "the text begins with a byte order mark; send plain UTF-8 at line 1, column 1"),
        ("{} {}", "there is more text after the JSON value at line 1, column 4"),
        ("[1,2", "the text ends too early at line 1, column 4"),
        ("{\n \"a\": 1,\n \"a\": 2}", "the object has two members of one name, \"a\" at line 3, column 4"),
        (#"{"a":1,"\u0061":2}"#, "the object has two members of one name, \"\\u0061\" at line 1, column 15"),
        ("1e999", "the number is too large at line 1, column 5"),
        ("-1e999", "the number is too large at line 1, column 6"),
        ("9223372036854775808", "the number is too large at line 1, column 19"),
        (#""a\u0000b""#, "the NUL character is not accepted at line 1, column 10"),
        ("1\u{0}[", "the NUL character is not accepted at line 1, column 2"),
        (#"{"a\u0000":1}"#, "the NUL character is not accepted at line 1, column 10"),
    ])
    func `what is wrong is named with its place`(text: String, message: String) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
        #expect(error.description == message)
    }

    @Test(arguments: [
        "nul", "{a:1}", "{'a':1}", "[1,]", "{\"a\":1,}", "01", "+1", ".5", "1.", "NaN", "Infinity", "-", "0x10",
        "// c\n1",
        "\"\t\"", "\"\n\"", #""\x""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "\u{0}", "1\u{0}", "[1}", "]",
        "\u{a0}1", "\"abc",
    ])
    func `what the standard forbids is refused`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xc3, 0x22],
            [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
            [0xff, 0xfe, 0x31, 0x00], [0x22, 0x00, 0x22],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(bytes) }
    }

    @Test func `sixty-four levels are read and one more is not`() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONParser.parse(Array(deep.utf8)) }

        let deeper = "[\n" + String(repeating: "[", count: 64) + String(repeating: "]", count: 65)
        let error = try #require(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(deeper.utf8)) }
        #expect(error.description == "arrays and objects lie more than 64 levels deep at line 2, column 64")
    }

    @Test func `a million brackets do no harm`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(bytes) }
    }

    @Test func `brackets inside strings do not count`() throws {
        let text = "\"" + String(repeating: #"[{\"\\"#, count: 100) + "\""
        #expect(throws: Never.self) { try JSONParser.parse(Array(text.utf8)) }
    }
}
