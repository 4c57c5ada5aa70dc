import Foundation
import Testing

@testable import Web

@Suite struct `Writing JSON` {
    struct Nested: Encodable {
        var first = 1
        var maybe: String?
        var list = [[1, 2], []]
        var inner = Inner()
        var last = true
        struct Inner: Encodable {
            var numbers = [0.5, 2, 1e21, -0.001]
            var map = ["b": 1, "a": 2]
        }
    }

    @Test func `members come in the order of their type and dictionaries sorted`() throws {
        #expect(
            try JSONWriter.text(of: Nested())
                == #"{"first":1,"list":[[1,2],[]],"inner":{"numbers":[0.5,2,1e+21,-0.001],"map":{"a":2,"b":1}},"last":true}"#
        )
    }

    @Test(arguments: [
        ("a\"b\\c/d", #""a\"b\\c/d""#), ("\n\r\t\u{0}\u{1f}\u{7f}", #""\n\r\t\u0000\u001f"# + "\u{7f}\""),
        ("é😀", "\"é😀\""),
        ("", "\"\""),
    ])
    func `strings are escaped where they must be`(text: String, json: String) throws {
        #expect(try JSONWriter.text(of: text) == json)
    }

    @Test func `special types have their usual form`() throws {
        #expect(try JSONWriter.text(of: Data([0xfb, 0xff])) == #""+/8=""#)
        #expect(try JSONWriter.text(of: URL(string: "https://a.example/b?c")) == #""https://a.example/b?c""#)
        #expect(try JSONWriter.text(of: Date(timeIntervalSince1970: 0)) == #""1970-01-01T00:00:00.000Z""#)
        #expect(try JSONWriter.text(of: Float(0.1)) == "0.1")
        #expect(try JSONWriter.text(of: [UInt64.max]) == "[18446744073709551615]")
        #expect(try JSONWriter.text(of: Int?.none) == "null")
        #expect(try JSONWriter.text(of: Ratio.portrait) == #""9:16""#)
        #expect(
            try JSONWriter.text(of: ["x": JSONValue.object(["b": [1, nil], "a": 0.25])])
                == #"{"x":{"b":[1,null],"a":0.25}}"#)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `numbers without a JSON form are an error`(number: Double) {
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: [number]) }
    }

    struct Disorderly: Encodable {
        enum Keys: CodingKey { case a, b, c }
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: Keys.self)
            var inner = outer.nestedContainer(keyedBy: Keys.self, forKey: .a)
            try inner.encode(1, forKey: .a)
            try outer.encode(2, forKey: .b)
            try inner.encode(3, forKey: .c)
        }
    }

    @Test func `a type that writes out of order is an error, not a broken text`() {
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: Disorderly()) }
    }

    struct Silent: Encodable { func encode(to encoder: any Encoder) {} }

    class Base: Encodable { let a = 1 }
    final class Derived: Base {
        enum Keys: CodingKey { case b }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(2, forKey: .b)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test func `unusual types still give well-formed text`() throws {
        #expect(try JSONWriter.text(of: [Silent()]) == "[{}]")
        #expect(try JSONWriter.text(of: Derived()) == #"{"b":2,"super":{"a":1}}"#)
    }

    @Test func `Foundation reads back what is written`() throws {
        let value: JSONValue = ["t": "\u{2028}\"\\", "n": [0.1, 1e-7, 123456789.125, -5], "o": ["x": [:], "y": []]]
        let bytes = try JSONWriter.bytes(of: value)
        let theirs = try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary
        #expect(theirs?["n"] as? [Double] == [0.1, 1e-7, 123456789.125, -5])
        #expect(theirs?["t"] as? String == "\u{2028}\"\\")
        #expect(try JSONParser.parse(bytes) == value)
    }
}

@Suite struct `Times` {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777.25, "1994-11-06T08:49:37.250Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_399.999, "2000-02-28T23:59:59.999Z", "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_827_696, "2000-02-29T12:34:56.000Z", "Tue, 29 Feb 2000 12:34:56 GMT"),
        (-0.5, "1969-12-31T23:59:59.500Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        (4_102_444_800, "2100-01-01T00:00:00.000Z", "Fri, 01 Jan 2100 00:00:00 GMT"),
    ])
    func `are written as ISO 8601 and for HTTP`(seconds: Double, iso: String, http: String) {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(date.iso8601 == iso)
        #expect(HTTPDate.text(of: date) == http)
        #expect(HTTPDate.date(from: http) == Date(timeIntervalSince1970: seconds.rounded(.down)))
    }

    @Test func `agree with Foundation over four centuries`() {
        for day in stride(from: -62_000, to: 84_000, by: 37) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 1.5)
            #expect(date.iso8601 == date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        }
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT",
    ])
    func `of another form are not read`(text: String) { #expect(HTTPDate.date(from: text) == nil) }
}
