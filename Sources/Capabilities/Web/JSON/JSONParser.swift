private import CJansson

/// Reads JSON from strangers: one value, well-formed, nothing around it, nothing twice.
///
/// Refused beside what RFC 8259 forbids: names that occur twice in an object, `\u0000`, lone surrogates, a byte order
/// mark, integers beyond 64 bits, numbers too large for a double, and nesting deeper than ``maximumDepth``.
public enum JSONParser {
    /// Arrays and objects may lie this deep inside each other.
    public static let maximumDepth = 64

    /// Parses `bytes`, whose number the caller has limited.
    /// - Throws: ``JSONSyntaxError`` with the place of the first fault.
    public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        if bytes.isEmpty { throw JSONSyntaxError("the text is empty", line: 1, column: 1) }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            throw JSONSyntaxError("the text begins with a byte order mark; send plain UTF-8", line: 1, column: 1)
        }
        try checkDepth(bytes)
        var fault = json_error_t()
        let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)
        let root = bytes.withUnsafeBytes { buffer in
            json_loadb(buffer.baseAddress, buffer.count, flags, &fault)
        }
        guard let root else { throw JSONSyntaxError(fault) }
        defer { json_decref(root) }
        return JSONValue(copying: root)
    }

    // The library recurses up to 2048 levels; we look first, so that neither it nor what reads the value goes deep.
    private static func checkDepth(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth > maximumDepth { throw tooDeep(at: index, in: bytes) }
        }
    }

    private static func tooDeep(at index: Int, in bytes: [UInt8]) -> JSONSyntaxError {
        let before = bytes[..<index]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return JSONSyntaxError(
            "arrays and objects lie more than \(maximumDepth) levels deep", line: line, column: column)
    }
}

/// Why a text is not acceptable JSON.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, without the place.
    public let reason: String
    /// The line, from 1.
    public let line: Int
    /// The column in that line, from 1.
    public let column: Int

    init(_ reason: String, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    /// The reason and the place: `... at line 1, column 12`.
    public var description: String { "\(reason) at line \(line), column \(column)" }
}

extension JSONSyntaxError {
    /// Words for the library's fault; only a duplicate name is repeated, since it names what to change.
    fileprivate init(_ fault: json_error_t) {
        var fault = fault
        let code = json_error_code(&fault)
        let reason =
            switch code {
            case json_error_invalid_utf8: "the text is not valid UTF-8"
            case json_error_premature_end_of_input: "the text ends too early"
            case json_error_end_of_input_expected: "there is more text after the JSON value"
            case json_error_null_character, json_error_null_byte_in_key: "the NUL character is not accepted"
            case json_error_duplicate_key: "the object has two members of one name\(Self.name(in: fault))"
            case json_error_numeric_overflow: "the number is too large"
            case json_error_out_of_memory: "the server has no memory left for the text"
            default: "the text is not valid JSON"
            }
        self.init(reason, line: max(1, Int(fault.line)), column: max(1, Int(fault.column)))
    }

    /// The name from the library's `duplicate object key near '"name"'`.
    private static func name(in fault: json_error_t) -> String {
        let text = withUnsafeBytes(of: fault.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let quoted = text.split(separator: "'", maxSplits: 1).dropFirst().first?.dropLast()
        guard let quoted, !quoted.isEmpty else { return "" }
        return ", \(quoted)"
    }
}

extension JSONValue {
    /// Copies the library's tree, whose depth the parser has checked.
    fileprivate init(copying json: UnsafeMutablePointer<json_t>) {
        self =
            switch json.pointee.type {
            case JSON_OBJECT: .object(JSONObject(copying: json))
            case JSON_ARRAY:
                .array(
                    (0..<json_array_size(json)).compactMap { index in
                        json_array_get(json, index).map { JSONValue(copying: $0) }
                    })
            case JSON_STRING: .string(Self.text(json_string_value(json), json_string_length(json)))
            case JSON_INTEGER: .integer(json_integer_value(json))
            case JSON_REAL: .number(json_real_value(json))
            case JSON_TRUE: .boolean(true)
            case JSON_FALSE: .boolean(false)
            default: .null
            }
    }

    fileprivate static func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }
}

extension JSONObject {
    fileprivate init(copying json: UnsafeMutablePointer<json_t>) {
        var members: [Member] = []
        members.reserveCapacity(json_object_size(json))
        var iterator = json_object_iter(json)
        while let place = iterator {
            if let value = json_object_iter_value(place) {
                let name = JSONValue.text(json_object_iter_key(place), json_object_iter_key_len(place))
                members.append(Member(name: name, value: JSONValue(copying: value)))
            }
            iterator = json_object_iter_next(json, place)
        }
        self.init(distinct: members)
    }
}
