extension HTTPResponse {
    /// An answer in JSON.
    public static func json(_ model: some ResponseModel, status: Int = 200) throws -> HTTPResponse {
        var headers = model.responseHeaders
        headers.append("Content-Type", "application/json")
        return HTTPResponse(status: status, headers: headers, body: .bytes(try JSONWriter.bytes(of: model)))
    }
}

extension DocumentedResponse {
    /// An answer in JSON.
    public static func json<Model: ResponseModel>(status: Int, doc: String, _ model: Model.Type) -> DocumentedResponse {
        DocumentedResponse(
            status: status, doc: doc, mediaType: "application/json", schema: Model.schema,
            example: JSONValue(describing: Model.example))
    }
}
