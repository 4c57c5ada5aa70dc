extension JSONValue {
    /// A Swift value as JSON, for showing defaults and examples; nil when it has no JSON form.
    init?(describing value: some Sendable) {
        switch value {
        case let value as any RawRepresentable<String>: self = .string(value.rawValue)
        case let values as [any RawRepresentable<String>]: self = .array(values.map { .string($0.rawValue) })
        case let value as any Encodable:
            do {
                self = try JSONParser.parse(JSONWriter.bytes(of: value))
            } catch {
                // Nothing is lost but a line of documentation.
                return nil
            }
        default: return nil
        }
    }
}
