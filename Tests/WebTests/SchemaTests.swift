import Testing

@testable import Web

/// What a schema says about a text of JSON.
private func faults<Value>(_ schema: Schema<Value>, _ text: String) throws -> [String] {
    do {
        _ = try schema.decode(JSONParser.parse(Array(text.utf8)), at: [])
        return []
    } catch let error as ValidationError {
        return error.faults.map { "\($0.type): \($0.message)" }
    }
}

@Suite struct `Schemas` {
    @Test(arguments: [
        (#""abc""#, []), (#""""#, ["string_too_short: String should have at least 1 character"]),
        (#""abcd""#, ["string_too_long: String should have at most 3 characters"]),
        (#""👩‍👩‍👧""#, ["string_too_long: String should have at most 3 characters"]),
        (#""😀😀😀""#, []), ("null", ["string_type: Input should be a valid string, not null"]),
        (#""a\nb""#, ["string_control_character: String should have no control characters, but character 2 is U+000A"]),
        (
            #""\u007f""#,
            ["string_control_character: String should have no control characters, but character 1 is U+007F"]
        ),
        (
            #""\u2028""#,
            ["string_control_character: String should have no control characters, but character 1 is U+2028"]
        ),
    ])
    func `of a line of text`(text: String, expected: [String]) throws {
        #expect(try faults(.string(length: 1...3), text) == expected)
    }

    @Test(arguments: [
        (#""a\r\n\tb""#, []),
        (
            #""\u001b[31m""#,
            [
                "string_control_character: String should have no control characters other than line breaks and tabs, but character 1 is U+001B"
            ]
        ),
    ])
    func `of several lines`(text: String, expected: [String]) throws {
        #expect(try faults(.string(layout: .lines), text) == expected)
    }

    @Test func `of a patterned text`() throws {
        let pattern = TextPattern("^[a-z]+$") { !$0.isEmpty && $0.utf8.allSatisfy { (97...122).contains($0) } }
        #expect(try faults(.string(pattern: pattern), #""abc""#) == [])
        #expect(
            try faults(.string(pattern: pattern), #""A""#)
                == ["string_pattern_mismatch: String should match pattern '^[a-z]+$'"])
    }

    @Test(arguments: [
        ("1", []), ("200", []), ("5.0", []), ("0", ["greater_than_equal: Input should be greater than or equal to 1"]),
        ("201", ["less_than_equal: Input should be less than or equal to 200"]),
        ("1.5", ["int_from_float: Input should be a valid integer, got a number with a fraction"]),
        ("1e300", ["int_from_float: Input should be a valid integer, got a number with a fraction"]),
        (#""1""#, ["int_type: Input should be a valid integer, not a string"]),
        ("true", ["int_type: Input should be a valid integer, not a boolean"]),
    ])
    func `of a whole number`(text: String, expected: [String]) throws {
        #expect(try faults(.integer(1...200), text) == expected)
    }

    @Test(arguments: [
        ("0.5", []), ("1", []), ("1.5", ["less_than_equal: Input should be less than or equal to 1"]),
        ("-0.1", ["greater_than_equal: Input should be greater than or equal to 0"]),
        ("[]", ["float_type: Input should be a valid number, not an array"]),
    ])
    func `of a number`(text: String, expected: [String]) throws {
        #expect(try faults(.number(0...1), text) == expected)
    }

    @Test(arguments: [
        ("[]", ["too_short: List should have at least 1 item, not 0"]), ("[1,1]", []),
        ("[1,2,3]", ["too_long: List should have at most 2 items, not 3"]),
        ("{}", ["list_type: Input should be a valid list, not an object"]),
        (
            #"["a",null]"#,
            [
                "int_type: Input should be a valid integer, not a string",
                "int_type: Input should be a valid integer, not null",
            ]
        ),
    ])
    func `of a list`(text: String, expected: [String]) throws {
        #expect(try faults(.array(of: .integer(), count: 1...2), text) == expected)
    }

    @Test func `of something that may be null`() throws {
        let schema: Schema<Int?> = .nullable(.integer())
        #expect(try schema.decode(nil) == .some(nil))
        #expect(try schema.decode(4) == 4)
        #expect(try faults(schema, "true").count == 1)
    }

    @Test(arguments: [
        (#"{"source_type":"local","path":"a"}"#, Source.local(path: "a")),
        (#"{"prompt":"x\ny","source_type":"ai_generated","seed":null}"#, .generated(prompt: "x\ny", seed: nil)),
        (#"{"prompt":"x","seed":3,"source_type":"ai_generated"}"#, .generated(prompt: "x", seed: 3)),
    ])
    func `of one of several shapes`(text: String, value: Source) throws {
        #expect(try Source.schema.decode(JSONParser.parse(Array(text.utf8))) == value)
    }

    @Test(arguments: [
        (
            #"{"path":"a"}"#,
            Fault(at: ["body", "source_type"], "Field required: 'local' or 'ai_generated'", type: "missing")
        ),
        (
            #"{"source_type":"ftp","path":"a"}"#,
            Fault(at: ["body", "source_type"], "Input should be 'local' or 'ai_generated'", type: "literal_error")
        ),
        (
            #"{"source_type":1}"#,
            Fault(at: ["body", "source_type"], "Input should be 'local' or 'ai_generated'", type: "literal_error")
        ),
        (#""local""#, Fault(at: ["body"], "Input should be an object, not a string", type: "dict_type")),
        (
            #"{"source_type":"local","path":"a","prompt":"b"}"#,
            Fault(at: ["body", "prompt"], "Unknown field; this object has path", type: "extra_forbidden")
        ),
    ])
    func `of one of several shapes says which there are`(text: String, fault: Fault) throws {
        let error = #expect(throws: ValidationError.self) {
            try Source.schema.decode(JSONParser.parse(Array(text.utf8)))
        }
        #expect(error?.faults == [fault])
    }

    @Test func `optional members are nil or their default when left out`() throws {
        let json = #"{"description":"x","image_metadata":{"source_type":"local","path":"a"}}"#
        let campaign = try NewCampaign.schema.decode(JSONParser.parse(Array(json.utf8)))
        #expect(campaign == NewCampaign(name: nil, description: "x", source: .local(path: "a"), ratios: [.square]))
    }

    @Test func `checks of one's own join the others, with their places`() throws {
        let even = Schema<Int>.integer().refined { $0 % 2 == 0 ? [] : [SchemaFault("Input should be even")] }
        let span: Schema<ClosedRange<Int>> = .object("Span", .required("from", even), .required("to", even)) {
            (from, to) throws(SchemaFault) in
            guard from <= to else { throw SchemaFault("Must not be less than from", at: ["to"]) }
            return from...to
        }

        #expect(try span.decode(["from": 2, "to": 4]) == 2...4)
        let both = #expect(throws: ValidationError.self) { try span.decode(["from": 1, "to": 3]) }
        #expect(both?.faults.map(\.location) == [["body", "from"], ["body", "to"]])
        let order = #expect(throws: ValidationError.self) { try span.decode(["from": 4, "to": 2]) }
        #expect(order?.faults == [Fault(at: ["body", "to"], "Must not be less than from")])
    }

    @Test func `of an object with many members keep their types`() throws {
        let schema: Schema<String> = .object(
            "Eight", .required("a", .integer()), .required("b", .string()), .required("c", .boolean),
            .required("d", .number()), .optional("e", .integer()), .optional("f", .integer(), default: 6),
            .required("g", .array(of: .integer(), count: 0...9)), .required("h", .enumeration(of: Ratio.self))
        ) { "\($0) \($1) \($2) \($3) \(String(describing: $4)) \($5) \($6) \($7)" }
        let json: JSONValue = ["a": 1, "b": "2", "c": true, "d": 4, "e": nil, "g": [7], "h": "1:1"]
        #expect(try schema.decode(json) == "1 2 true 4.0 nil 6 [7] square")
    }

    @Test func `describe themselves`() throws {
        let expected = #"""
            {"type":"object","properties":{"name":{"type":["string","null"],"minLength":1,"maxLength":10,"examples":["Spring"]},"description":{"type":"string","minLength":1,"maxLength":20,"description":"What for","examples":["Shoes"]},"image_metadata":{"$ref":"#/components/schemas/ImageMetadata"},"variations":{"type":"array","items":{"type":"string","enum":["1:1","9:16","16:9"]},"minItems":1,"maxItems":3,"uniqueItems":true,"default":["1:1"]}},"required":["description","image_metadata"],"additionalProperties":false}
            """#
        #expect(try JSONWriter.text(of: JSONValue.object(NewCampaign.schema.shape.definition)) == expected)
        #expect(
            NewCampaign.schema.shape.allComponents.keys.sorted() == [
                "GeneratedImage", "ImageMetadata", "LocalImage", "NewCampaign",
            ])
        #expect(
            try JSONWriter.text(of: JSONValue.object(Source.schema.shape.definition)) == #"""
                {"oneOf":[{"$ref":"#/components/schemas/LocalImage"},{"$ref":"#/components/schemas/GeneratedImage"}],"discriminator":{"propertyName":"source_type","mapping":{"local":"#/components/schemas/LocalImage","ai_generated":"#/components/schemas/GeneratedImage"}}}
                """#)
        #expect(
            try JSONWriter.text(of: JSONValue.object(Source.schema.shape.allComponents["LocalImage"] ?? [:])) == #"""
                {"type":"object","properties":{"source_type":{"const":"local"},"path":{"type":"string","minLength":1,"maxLength":20}},"required":["source_type","path"],"additionalProperties":false}
                """#)
    }

    @Test(arguments: [
        ("5", true), ("-5", true), ("05", true), ("+5", false), ("5.0", false), (" 5", false), ("", false),
        ("٣", false),
        ("99999999999999999999", false),
    ])
    func `of numbers read digits from text`(text: String, isRight: Bool) {
        var faults = Faults()
        #expect((Schema.integer().read(text: text, &faults) != nil) == isRight)
    }

    @Test(arguments: [
        ("0.5", true), ("1e3", true), ("nan", false), ("inf", false), ("0x1p3", false), ("1e999", false), ("", false),
    ])
    func `of fractions read digits from text`(text: String, isRight: Bool) {
        var faults = Faults()
        #expect((Schema.number().read(text: text, &faults) != nil) == isRight)
    }
}
