/// How much layout a text may have.
public enum TextLayout: Sendable {
    /// No control characters at all.
    case line
    /// Line breaks and tabs, no other control characters.
    case lines
}

/// A rule for a text that documentation shows as a regular expression and code checks as a function.
public struct TextPattern: Sendable {
    let expression: String
    let matches: @Sendable (String) -> Bool

    /// Creates a rule; both halves must say the same.
    public init(_ expression: String, matches: @escaping @Sendable (String) -> Bool) {
        self.expression = expression
        self.matches = matches
    }
}

extension Schema where Value == String {
    /// A text.
    /// - Parameters:
    ///   - length: How many Unicode scalars it has.
    ///   - layout: Which control characters it may hold; every other one is refused.
    ///   - pattern: A further rule.
    ///   - format: What it means, for documentation: `uri`.
    public static func string(
        length: ClosedRange<Int>? = nil, layout: TextLayout = .line, pattern: TextPattern? = nil, format: String? = nil
    ) -> Schema {
        var definition: JSONObject = ["type": "string"]
        if let length, length.lowerBound > 0 { definition["minLength"] = .integer(Int64(length.lowerBound)) }
        if let length, length.upperBound < .max { definition["maxLength"] = .integer(Int64(length.upperBound)) }
        definition["pattern"] = pattern.map { .string($0.expression) }
        definition["format"] = format.map { .string($0) }
        return Schema(shape: JSONSchema(definition)) { json, faults in
            guard case .string(let text) = json else {
                faults.add("string_type", "Input should be a valid string, not \(json.kind)")
                return nil
            }
            if let (type, message) = fault(in: text, length: length, layout: layout, pattern: pattern) {
                faults.add(type, message)
                return nil
            }
            return text
        }
    }

    private static func fault(
        in text: String, length: ClosedRange<Int>?, layout: TextLayout, pattern: TextPattern?
    ) -> (String, String)? {
        let scalars = text.unicodeScalars
        if let length, scalars.count < length.lowerBound {
            return ("string_too_short", "String should have at least \(count(length.lowerBound, "character"))")
        }
        if let length, scalars.count > length.upperBound {
            return ("string_too_long", "String should have at most \(count(length.upperBound, "character"))")
        }
        for (index, scalar) in scalars.enumerated() where !layout.allows(scalar) {
            let code = String(scalar.value, radix: 16, uppercase: true)
            let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
            let breaks = layout == .lines ? " other than line breaks and tabs" : ""
            return (
                "string_control_character",
                "String should have no control characters\(breaks), but character \(index + 1) is \(name)"
            )
        }
        if let pattern, !pattern.matches(text) {
            return ("string_pattern_mismatch", "String should match pattern '\(pattern.expression)'")
        }
        return nil
    }
}

extension TextLayout {
    fileprivate func allows(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a, 0x0d: self == .lines
        // C0, DEL and C1 controls, and the two separators that some programs take for line ends.
        case 0x00...0x1f, 0x7f...0x9f, 0x2028, 0x2029: false
        default: true
        }
    }
}

extension Schema where Value == Int {
    /// A whole number; `5.0` is one too, as JSON Schema has it.
    public static func integer(_ range: ClosedRange<Int> = .min ... .max) -> Schema {
        Schema(shape: .integer(range)) { json, faults in
            let value: Int
            switch json {
            case .integer(let integer): value = Int(integer)
            case .number(let number):
                guard let exact = Int(exactly: number) else {
                    faults.add("int_from_float", "Input should be a valid integer, got a number with a fraction")
                    return nil
                }
                value = exact
            default:
                faults.add("int_type", "Input should be a valid integer, not \(json.kind)")
                return nil
            }
            return faults.check(value, isIn: range, showing: { "\($0)" }) ? value : nil
        }
    }
    /// A whole number from `range.lowerBound` on.
    public static func integer(_ range: PartialRangeFrom<Int>) -> Schema { integer(range.lowerBound ... .max) }
}

extension Schema where Value == Double {
    /// A number.
    public static func number(_ range: ClosedRange<Double> = -.infinity ... .infinity) -> Schema {
        Schema(shape: .number(range)) { json, faults in
            let value: Double
            switch json {
            case .integer(let integer): value = Double(integer)
            case .number(let number): value = number
            default:
                faults.add("float_type", "Input should be a valid number, not \(json.kind)")
                return nil
            }
            return faults.check(value, isIn: range, showing: JSONOutput.text(of:)) ? value : nil
        }
    }
}

extension Schema where Value == Bool {
    /// True or false.
    public static var boolean: Schema {
        Schema(shape: .boolean()) { json, faults in
            if case .boolean(let value) = json { return value }
            faults.add("bool_type", "Input should be a valid boolean, not \(json.kind)")
            return nil
        }
    }
}

extension Schema where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases, by raw value.
    public static func enumeration(of type: Value.Type = Value.self) -> Schema {
        let names = Value.allCases.map(\.rawValue)
        return Schema(shape: .enumeration(names)) { json, faults in
            if case .string(let name) = json, let value = Value(rawValue: name) { return value }
            faults.add("enum", "Input should be \(alternatives(names))")
            return nil
        }
    }
}

extension Faults {
    fileprivate mutating func check<Number: Comparable>(
        _ value: Number, isIn range: ClosedRange<Number>, showing: (Number) -> String
    ) -> Bool {
        if value < range.lowerBound {
            add("greater_than_equal", "Input should be greater than or equal to \(showing(range.lowerBound))")
        } else if value > range.upperBound {
            add("less_than_equal", "Input should be less than or equal to \(showing(range.upperBound))")
        }
        return range.contains(value)
    }
}

extension JSONSchema {
    /// A whole number in `range`.
    public static func integer(_ range: ClosedRange<Int>) -> JSONSchema {
        var definition: JSONObject = ["type": "integer"]
        if range.lowerBound > .min { definition["minimum"] = .integer(Int64(range.lowerBound)) }
        if range.upperBound < .max { definition["maximum"] = .integer(Int64(range.upperBound)) }
        return JSONSchema(definition)
    }

    /// A number in `range`.
    public static func number(_ range: ClosedRange<Double>) -> JSONSchema {
        var definition: JSONObject = ["type": "number"]
        if range.lowerBound.isFinite { definition["minimum"] = .number(range.lowerBound) }
        if range.upperBound.isFinite { definition["maximum"] = .number(range.upperBound) }
        return JSONSchema(definition)
    }
}

/// `1 item`, `2 items`.
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// `'a', 'b' or 'c'`.
func alternatives(_ names: [String]) -> String {
    let quoted = names.map { "'\($0)'" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
}
