public import FoundationEssentials

/// A file as an answer, with everything that lets a client ask for less: validators and ranges.
///
/// - SeeAlso: RFC 9110, sections 13 (conditional requests) and 14 (ranges).
public struct FileResponse: Sendable {
    private let file: any ResponseFile
    private let byteCount: Int
    private let lastModified: Date?
    private let etag: String?
    private let headers: HTTPHeaders

    /// Creates an answer.
    /// - Parameters:
    ///   - byteCount: The file's size.
    ///   - mediaType: What it is; clients are told not to guess.
    ///   - sha256: The content's digest in hexadecimal, which becomes the strong `ETag`.
    ///   - cacheControl: How long it may be kept: content named by its digest for ever, other content not unasked.
    public init(
        _ file: any ResponseFile, byteCount: Int, mediaType: String, sha256: String?, lastModified: Date? = nil,
        disposition: ContentDisposition = .inline(), cacheControl: String = "private, no-cache"
    ) {
        self.file = file
        self.byteCount = byteCount
        self.lastModified = lastModified
        etag = sha256.map { "\"\($0)\"" }
        var headers: HTTPHeaders = [
            "Content-Type": mediaType, "Content-Disposition": disposition.text, "Cache-Control": cacheControl,
            "Accept-Ranges": "bytes",
        ]
        headers["ETag"] = etag
        headers["Last-Modified"] = lastModified.map(HTTPDate.text(of:))
        self.headers = headers
    }

    /// The answer to `request`: 200, 206, 304 or 416.
    public func response(to request: HTTPRequest) -> HTTPResponse {
        if isUnchanged(request.headers) { return notModified }
        // The standard defines ranges for GET alone.
        let wantsRange = request.method == "GET" && isSameRepresentation(request.headers["If-Range"])
        switch wantsRange ? ByteRange(request.headers["Range"], byteCount: byteCount) : .whole {
        case .whole:
            return HTTPResponse(status: 200, headers: headers, body: .file(file, offset: 0, count: byteCount))
        case .part(let offset, let count):
            var response = HTTPResponse(status: 206, headers: headers, body: .file(file, offset: offset, count: count))
            response.headers["Content-Range"] = "bytes \(offset)-\(offset + count - 1)/\(byteCount)"
            return response
        case .unsatisfiable:
            var response = HTTPError(416, .text("The file has \(byteCount) bytes; the range begins behind them"))
                .response
            response.headers["Content-Range"] = "bytes */\(byteCount)"
            return response
        }
    }

    private var notModified: HTTPResponse {
        var response = HTTPResponse(status: 304, headers: headers)
        // They describe content, and there is none.
        for name in ["Content-Type", "Content-Disposition", "Accept-Ranges"] { response.headers[name] = nil }
        return response
    }

    private func isUnchanged(_ fields: HTTPHeaders) -> Bool {
        if let tags = fields["If-None-Match"] {
            // Then the date is not looked at, even where no tag matches.
            guard let etag else { return false }
            return tags.split(separator: ",").contains { tag in
                let tag = tag.trimmingSpaces
                return tag == "*" || tag == etag || tag == "W/" + etag
            }
        }
        guard let lastModified, let known = fields["If-Modified-Since"].flatMap(HTTPDate.date(from:)) else {
            return false
        }
        return HTTPDate.wholeSeconds(of: lastModified) <= HTTPDate.wholeSeconds(of: known)
    }

    /// Whether the part that a client has is of the file as it is now.
    private func isSameRepresentation(_ validator: String?) -> Bool {
        guard let validator else { return true }
        if let etag, validator == etag { return true }
        guard let lastModified, let known = HTTPDate.date(from: validator) else { return false }
        return HTTPDate.wholeSeconds(of: lastModified) == HTTPDate.wholeSeconds(of: known)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
