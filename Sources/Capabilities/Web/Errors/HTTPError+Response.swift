extension HTTPError {
    /// The response that tells it.
    public var response: HTTPResponse {
        var response = HTTPResponse(status: status, headers: headers, body: .bytes(json))
        response.headers["Content-Type"] = "application/json"
        return response
    }

    private var json: [UInt8] {
        do {
            return try JSONWriter.bytes(of: Body(detail: detail))
        } catch {
            preconditionFailure("texts and indices always have a JSON form, but: \(error)")
        }
    }

    private struct Body: Encodable {
        let detail: Detail
        enum CodingKeys: String, CodingKey { case detail }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch detail {
            case .text(let text): try container.encode(text, forKey: .detail)
            case .faults(let faults): try container.encode(faults, forKey: .detail)
            }
        }
    }
}
