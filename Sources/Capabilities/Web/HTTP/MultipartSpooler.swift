import Concurrency

extension RequestBody {
    /// Reads the whole body as `multipart/form-data` of the type `contentType`, each part into a file of its own.
    ///
    /// This is what an implementation of ``multipart(limits:spoolingTo:)`` calls with the request's `Content-Type`.
    /// - Throws: ``RequestBodyError``; spooled files are removed then.
    package func spoolParts(
        contentType: String?, limits: MultipartLimits, to folder: String
    ) async throws(RequestBodyError) -> [SpooledPart] {
        let spooler = MultipartSpooler(boundary: try Self.boundary(in: contentType), limits: limits, folder: folder)
        do throws(RequestBodyError) {
            while let piece = try await next() {
                try await SpoolFile.threads.run { () throws(RequestBodyError) in try spooler.take(piece) }
            }
            return try spooler.finish()
        } catch {
            spooler.discard()
            throw error
        }
    }

    private static func boundary(in contentType: String?) throws(RequestBodyError) -> String {
        let value = HeaderValue(contentType ?? "")
        guard value.value == "multipart/form-data" else {
            throw .unsupported("Send the body as multipart/form-data.")
        }
        // RFC 2046 section 5.1.1: 1 to 70 characters.
        guard let boundary = value["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw .unsupported("The multipart content type needs a boundary of 1 to 70 characters.")
        }
        return boundary
    }
}

/// A multipart body on its way into files, handed from thread to thread between pieces.
private final class MultipartSpooler: Sendable {
    private struct State {
        var parser: MultipartParser
        var parts: SpooledParts
    }
    private let state: Locked<State>

    init(boundary: String, limits: MultipartLimits, folder: String) {
        state = Locked(
            State(parser: MultipartParser(boundary: boundary), parts: SpooledParts(limits: limits, folder: folder)))
    }

    func take(_ piece: [UInt8]) throws(RequestBodyError) {
        try state.withLock { state throws(RequestBodyError) in try state.parser.feed(piece, into: &state.parts) }
    }

    func finish() throws(RequestBodyError) -> [SpooledPart] {
        try state.withLock { state throws(RequestBodyError) in
            try state.parser.finish()
            return state.parts.finished
        }
    }

    func discard() { state.withLock { $0.parts.discard() } }
}

/// Puts each part into a file and keeps to the limits.
private struct SpooledParts: MultipartSink {
    let limits: MultipartLimits
    let folder: String
    private var current: (head: MultipartHead, file: SpoolFile)?
    private(set) var finished: [SpooledPart] = []

    init(limits: MultipartLimits, folder: String) {
        self.limits = limits
        self.folder = folder
    }

    mutating func beginPart(_ head: MultipartHead) throws(RequestBodyError) {
        guard finished.count < limits.parts else {
            throw .malformed("The multipart body has more than \(limits.parts) parts.")
        }
        current = (head, try SpoolFile(in: folder))
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(RequestBodyError) {
        guard let file = current?.file else { return }
        guard file.byteCount + bytes.count <= limits.bytesInPart else { throw .tooLarge(limit: limits.bytesInPart) }
        try file.append(bytes)
    }

    mutating func endPart() {
        guard let (head, file) = current else { return }
        current = nil
        finished.append(
            SpooledPart(
                name: head.name, fileName: head.fileName, contentType: head.contentType, path: file.path,
                byteCount: file.byteCount))
    }

    mutating func discard() {
        current?.file.remove()
        current = nil
        for part in finished { part.remove() }
        finished = []
    }
}
