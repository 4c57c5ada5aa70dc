/// A member of an object that a client sends.
public struct Field<Value: Sendable>: Sendable {
    let property: JSONSchema.Property
    let read: @Sendable (JSONValue?, inout Faults) -> Value?

    var name: String { property.name }

    private init(
        _ name: String, _ shape: JSONSchema, isRequired: Bool, example: (some Sendable)?, doc: String?,
        default fallback: JSONValue? = nil, read: @escaping @Sendable (JSONValue?, inout Faults) -> Value?
    ) {
        var extra = JSONObject()
        extra["description"] = doc.map { .string($0) }
        extra["default"] = fallback
        extra["examples"] = example.map { [Self.shown($0, as: name)] }
        property = JSONSchema.Property(name, shape, isRequired: isRequired, extra: extra)
        self.read = read
    }

    private static func shown(_ example: some Sendable, as name: String) -> JSONValue {
        guard let json = JSONValue(describing: example) else {
            preconditionFailure("the example of \(name) has no JSON form; give it with Schema.example(_:)")
        }
        return json
    }

    /// A member that must be there.
    public static func required(
        _ name: String, _ schema: Schema<Value>, example: Value? = nil, doc: String? = nil
    ) -> Field {
        Field(name, schema.shape, isRequired: true, example: example, doc: doc) { json, faults in
            guard let json else {
                faults.add("missing", "Field required")
                return nil
            }
            return schema.read(json, &faults)
        }
    }

    /// A member that may be left out, or be null, which is the same.
    public static func optional<Wrapped>(
        _ name: String, _ schema: Schema<Wrapped>, example: Wrapped? = nil, doc: String? = nil
    ) -> Field where Value == Wrapped? {
        Field(name, .nullable(schema.shape), isRequired: false, example: example, doc: doc) { json, faults in
            guard let json, json != .null else { return .some(nil) }
            return schema.read(json, &faults).map { .some($0) }
        }
    }

    /// A member that has the value `fallback` when it is left out; null is not the same.
    public static func optional(
        _ name: String, _ schema: Schema<Value>, default fallback: Value, example: Value? = nil, doc: String? = nil
    ) -> Field {
        let shown = JSONValue(describing: fallback)
        return Field(name, schema.shape, isRequired: false, example: example, doc: doc, default: shown) {
            json, faults in
            guard let json else { return fallback }
            return schema.read(json, &faults)
        }
    }
}

extension Schema {
    /// An object with the given members and no others, from which `make` makes a value.
    ///
    /// ```swift
    /// .object("Point", .required("x", .number()), .required("y", .number())) { x, y in Point(x, y) }
    /// ```
    /// Every fault of every member is found; `make` runs only when there is none. Keep such a schema in a `static let`
    /// of the type it makes: inside another call the compiler cannot see what the closure's parameters are.
    /// - Parameter name: Under what name the documentation keeps the shape; nil writes it where it is used.
    public static func object<each Part: Sendable>(
        _ name: String?, doc: String? = nil, _ fields: repeat Field<each Part>,
        make: @escaping @Sendable (repeat each Part) throws(SchemaFault) -> Value
    ) -> Schema {
        var properties: [JSONSchema.Property] = []
        for field in repeat each fields { properties.append(field.property) }
        let names = properties.map(\.name)
        precondition(Set(names).count == names.count, "\(name ?? "an object") has two fields of one name")
        var shape = JSONSchema.object(name, properties)
        if let doc { shape = shape.documented(doc) }
        let all = (repeat each fields)
        return Schema(shape: shape) { json, faults in
            guard case .object(let object) = json else {
                faults.add("dict_type", "Input should be an object, not \(json.kind)")
                return nil
            }
            let before = faults.total
            let parts = (repeat (each all).read(from: object, &faults))
            addUnknown(in: object, known: names, to: &faults)
            guard faults.total == before else { return nil }
            do {
                return try make(repeat present(each parts))
            } catch let fault as SchemaFault {
                faults.add(fault.type, fault.message, at: fault.place)
            } catch {
                faults.add("value_error", "Input could not be read")
            }
            return nil
        }
    }

    private static func addUnknown(in object: JSONObject, known: [String], to faults: inout Faults) {
        for member in object.members where !known.contains(member.name) {
            // Cut: the name is the client's, and the answer shall not grow with it.
            faults.add(
                "extra_forbidden", "Unknown field; this object has \(known.joined(separator: ", "))",
                at: [.name(String(member.name.prefix(100)))])
        }
    }
}

extension Field {
    fileprivate func read(from object: JSONObject, _ faults: inout Faults) -> Value? {
        faults.within(.name(name)) { read(object[name], &$0) }
    }
}

/// What was read without a fault is there; a schema that returns nothing and says nothing is a bug of that schema.
func present<Part>(_ part: Part?) throws(SchemaFault) -> Part {
    guard let part else { throw SchemaFault("Input could not be read") }
    return part
}
