/// What became of a request's JSON body.
enum JSONBody: Sendable {
    case none
    case value(JSONValue)
    case fault(type: String, message: String)

    /// Reads the body of `request` to its end.
    /// - Returns: The bytes, for fingerprints, and what they mean.
    /// - Throws: ``HTTPError`` when it is too large or of another kind; ``RequestBodyError`` when it does not come.
    static func read(from request: HTTPRequest, limitInBytes: Int) async throws -> ([UInt8], JSONBody) {
        if let length = request.body.announcedLength, length > limitInBytes {
            throw HTTPError.tooLarge(limitInBytes: limitInBytes)
        }
        if request.body.announcedLength == 0 { return ([], .none) }
        try checkMediaType(request.headers["Content-Type"])
        var bytes: [UInt8] = []
        while let piece = try await request.body.next() {
            // Before it is kept: a chunked body announces no length.
            guard bytes.count + piece.count <= limitInBytes else {
                throw HTTPError.tooLarge(limitInBytes: limitInBytes)
            }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
        }
        return (bytes, bytes.isEmpty ? .none : parse(bytes))
    }

    private static func parse(_ bytes: [UInt8]) -> JSONBody {
        do throws(JSONSyntaxError) {
            return .value(try JSONParser.parse(bytes))
        } catch {
            return .fault(type: "json_invalid", message: "The body is not acceptable JSON: \(error)")
        }
    }

    // Strict also because a page elsewhere can make a browser post other types here without asking first.
    private static func checkMediaType(_ value: String?) throws(HTTPError) {
        guard let value else {
            throw .unsupportedMediaType("The body needs the header Content-Type: application/json")
        }
        let type = value.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) else {
            throw .unsupportedMediaType("The body must be application/json")
        }
        let parameters = value.lowercased().filter { $0 != " " && $0 != "\"" }
        if parameters.contains("charset="), !parameters.contains("charset=utf-8") {
            throw .unsupportedMediaType("The body must be UTF-8")
        }
    }
}
