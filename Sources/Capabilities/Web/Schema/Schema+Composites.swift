extension Schema {
    /// The given schema, or null.
    public static func nullable<Wrapped>(_ schema: Schema<Wrapped>) -> Schema where Value == Wrapped? {
        Schema(shape: .nullable(schema.shape)) { json, faults in
            if json == .null { return .some(nil) }
            return schema.read(json, &faults).map { .some($0) }
        }
    }

    /// An array.
    /// - Parameters:
    ///   - count: How many items it has.
    ///   - unique: Whether equal items are refused.
    public static func array<Item>(
        of item: Schema<Item>, count: ClosedRange<Int>, unique: Bool = false
    ) -> Schema where Value == [Item] {
        Schema(shape: .array(of: item.shape, count: count, unique: unique)) { json, faults in
            guard case .array(let elements) = json else {
                faults.add("list_type", "Input should be a valid list, not \(json.kind)")
                return nil
            }
            // Before the items are read: a list a thousand times too long is one fault, not a thousand.
            if let (type, message) = fault(in: elements, count: count) {
                faults.add(type, message)
                return nil
            }
            if unique { addRepetitions(in: elements, to: &faults) }
            let items = elements.enumerated().map { index, element in
                faults.within(.index(index)) { item.read(element, &$0) }
            }
            let whole = items.compactMap { $0 }
            return whole.count == elements.count ? whole : nil
        }
    }

    private static func fault(in elements: [JSONValue], count range: ClosedRange<Int>) -> (String, String)? {
        if elements.count < range.lowerBound {
            return ("too_short", "List should have at least \(count(range.lowerBound, "item")), not \(elements.count)")
        }
        if elements.count > range.upperBound {
            return ("too_long", "List should have at most \(count(range.upperBound, "item")), not \(elements.count)")
        }
        return nil
    }

    private static func addRepetitions(in elements: [JSONValue], to faults: inout Faults) {
        var seen: [JSONValue: Int] = [:]
        for (index, element) in elements.enumerated() {
            if let first = seen[element] {
                faults.within(.index(index)) { $0.add("not_unique", "Item repeats item \(first)") }
            } else {
                seen[element] = index
            }
        }
    }

    /// An object of one of several shapes, told apart by a member that holds the shape's name.
    ///
    /// The shapes do not list that member; it is added to their descriptions.
    public static func oneOf(
        _ name: String? = nil, discriminator: String, _ variants: [(tag: String, schema: Schema)]
    ) -> Schema {
        let tags = variants.map(\.tag)
        let schemas = Dictionary(variants.map { ($0.tag, $0.schema) }) { first, _ in first }
        precondition(schemas.count == variants.count, "two variants of \(name ?? discriminator) have one tag")
        let shape = JSONSchema.oneOf(name, discriminator, variants.map { ($0.tag, $0.schema.shape) })
        return Schema(shape: shape) { json, faults in
            guard case .object(var object) = json else {
                faults.add("dict_type", "Input should be an object, not \(json.kind)")
                return nil
            }
            guard let tag = object[discriminator] else {
                faults.add("missing", "Field required: \(alternatives(tags))", at: [.name(discriminator)])
                return nil
            }
            guard case .string(let word) = tag, let schema = schemas[word] else {
                faults.add("literal_error", "Input should be \(alternatives(tags))", at: [.name(discriminator)])
                return nil
            }
            object[discriminator] = nil
            return schema.read(.object(object), &faults)
        }
    }
}

extension JSONSchema {
    static func array(of item: JSONSchema, count: ClosedRange<Int>, unique: Bool) -> JSONSchema {
        var schema = array(of: item)
        if count.lowerBound > 0 { schema.definition["minItems"] = .integer(Int64(count.lowerBound)) }
        if count.upperBound < .max { schema.definition["maxItems"] = .integer(Int64(count.upperBound)) }
        if unique { schema.definition["uniqueItems"] = true }
        return schema
    }

    static func oneOf(_ name: String?, _ discriminator: String, _ variants: [(String, JSONSchema)]) -> JSONSchema {
        let tagged = variants.map { tag, schema in schema.tagged(discriminator, tag) }
        let references = tagged.map { JSONValue.object($0.reference) }
        var rule: JSONObject = ["propertyName": .string(discriminator)]
        var mapping = JSONObject()
        for ((tag, _), schema) in zip(variants, tagged) where schema.name != nil {
            mapping[tag] = schema.reference["$ref"]
        }
        if !mapping.members.isEmpty { rule["mapping"] = .object(mapping) }
        return JSONSchema(
            ["oneOf": .array(references), "discriminator": .object(rule)], name: name, refersTo: tagged)
    }

    /// The same object with one more required member that holds `tag`.
    private func tagged(_ member: String, _ tag: String) -> JSONSchema {
        var copy = self
        var properties: JSONObject = [member: ["const": .string(tag)]]
        if case .object(let own)? = definition["properties"] {
            for property in own.members { properties[property.name] = property.value }
        }
        var required: [JSONValue] = [.string(member)]
        if case .array(let own)? = definition["required"] { required += own }
        copy.definition["properties"] = .object(properties)
        copy.definition["required"] = .array(required)
        return copy
    }
}
