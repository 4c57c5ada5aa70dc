import GRPCClient
import Workflows

extension WirePayloads {
    /// One value as `json/plain`, which every SDK reads.
    init(_ payload: Payload) {
        self.init()
        payloads = [WirePayload(payload)]
    }

    /// The first value; an empty object where there is none, or where it is `binary/null`.
    var payload: Payload {
        guard let first = payloads.first, !first.data.isEmpty else { return .empty }
        return Payload(bytes: first.data)
    }
}

extension WirePayload {
    init(_ payload: Payload) {
        self.init()
        metadata = ["encoding": Array("json/plain".utf8)]
        data = payload.bytes
    }

    /// A value that JSON can hold, such as a text.
    init(json value: some Encodable) throws { self.init(try Payload(encoding: value)) }

    /// A search attribute, which names its type.
    init(keyword value: String) throws {
        try self.init(json: value)
        metadata["type"] = Array("Keyword".utf8)
    }

    /// The value, if it is of this type.
    func decoded<Value: Decodable>(as type: Value.Type = Value.self) -> Value? {
        // What other programs put under a name of ours is as good as nothing.
        try? Payload(bytes: data).decode(as: type)
    }
}

extension WireFields {
    init(_ fields: [String: WirePayload]) {
        self.init()
        self.fields = fields
    }
}
