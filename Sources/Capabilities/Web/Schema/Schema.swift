/// What a value from a client must look like: reads it, and describes itself for the API's documentation.
///
/// ```swift
/// let schema: Schema<Int> = .integer(1...200)
/// ```
public struct Schema<Value: Sendable>: Sendable {
    /// The shape for OpenAPI.
    public let shape: JSONSchema
    let read: @Sendable (JSONValue, inout Faults) -> Value?

    /// Creates a schema.
    /// - Parameter read: Returns the value, or nil after adding at least one fault.
    public init(shape: JSONSchema, read: @escaping @Sendable (JSONValue, inout Faults) -> Value?) {
        self.shape = shape
        self.read = read
    }

    /// Reads `json`; every fault lies below `location`.
    /// - Throws: ``ValidationError`` with every fault there is.
    public func decode(_ json: JSONValue, at location: [Fault.Place] = ["body"]) throws(ValidationError) -> Value {
        var faults = Faults(at: location)
        guard let value = read(json, &faults), faults.isEmpty else { throw ValidationError(faults.all) }
        return value
    }

    /// Reads a value that came as text, in a path, a query or a header field.
    func read(text: String, _ faults: inout Faults) -> Value? {
        switch shape.textForm {
        case .string: return read(.string(text), &faults)
        case .integer:
            guard let integer = Int64(text), !text.hasPrefix("+") else {
                faults.add("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
                return nil
            }
            return read(.integer(integer), &faults)
        case .number:
            guard let number = Double(text), number.isFinite, !text.utf8.contains(UInt8(ascii: "x")) else {
                faults.add("float_parsing", "Input should be a valid number, unable to parse string as a number")
                return nil
            }
            return read(.number(number), &faults)
        case .boolean:
            guard let boolean = ["true": true, "1": true, "false": false, "0": false][text] else {
                faults.add("bool_parsing", "Input should be true or false")
                return nil
            }
            return read(.boolean(boolean), &faults)
        }
    }
}

extension JSONSchema {
    enum TextForm { case string, integer, number, boolean }

    /// As what a text is to be read before the schema sees it.
    var textForm: TextForm {
        let types: [JSONValue?] =
            if case .array(let types) = definition["type"] { types } else { [definition["type"]] }
        if types.contains("integer") { return .integer }
        if types.contains("number") { return .number }
        return types.contains("boolean") ? .boolean : .string
    }
}

/// Why a value that has the right shape is still not acceptable; thrown by a transform.
public struct SchemaFault: Error, Sendable {
    let message: String
    let type: String
    let place: [Fault.Place]

    /// Creates a fault at `place` below the value.
    public init(_ message: String, type: String = "value_error", at place: [Fault.Place] = []) {
        self.message = message
        self.type = type
        self.place = place
    }
}

extension Schema {
    /// A schema whose values are made from this one's.
    public func map<New: Sendable>(
        _ transform: @escaping @Sendable (Value) throws(SchemaFault) -> New
    ) -> Schema<New> {
        Schema<New>(shape: shape) { json, faults in
            guard let value = read(json, &faults) else { return nil }
            do throws(SchemaFault) {
                return try transform(value)
            } catch {
                faults.add(error.type, error.message, at: error.place)
                return nil
            }
        }
    }

    /// A schema that also finds the faults that `check` returns.
    public func refined(_ check: @escaping @Sendable (Value) -> [SchemaFault]) -> Schema {
        Schema(shape: shape) { json, faults in
            guard let value = read(json, &faults) else { return nil }
            let found = check(value)
            for fault in found { faults.add(fault.type, fault.message, at: fault.place) }
            return found.isEmpty ? value : nil
        }
    }

    /// The same with an example.
    public func example(_ value: JSONValue) -> Schema { Schema(shape: shape.example(value), read: read) }
    /// The same with a description.
    public func documented(_ text: String) -> Schema { Schema(shape: shape.documented(text), read: read) }
}
