import Glibc

/// Takes a `multipart/form-data` body apart as it arrives.
///
/// A plain value that does no I/O: pieces go in with ``feed(_:into:)``, parts come out through a ``MultipartSink``. It
/// keeps only what cannot be judged yet, a part's header lines and at most one delimiter's length of content.
///
/// - SeeAlso: RFC 7578 (form-data), RFC 2046 section 5.1 (multipart syntax).
package struct MultipartParser {
    /// Bytes that a part's header lines may take.
    static let headLimit = 8 << 10

    private enum State { case preamble, delimiterEnd, head, content, epilogue }
    private let delimiter: [UInt8]
    private var state = State.preamble
    // The first delimiter needs no line break before it: pretending one was there makes it like all others.
    private var pending: [UInt8] = [13, 10]

    /// Creates a parser for bodies whose parts are separated by `boundary`.
    package init(boundary: String) { delimiter = Array("\r\n--\(boundary)".utf8) }

    /// Takes the next piece of the body.
    /// - Throws: ``RequestBodyError/malformed(_:)``, or what the sink throws. The parser is of no use afterwards.
    package mutating func feed(_ piece: [UInt8], into sink: inout some MultipartSink) throws(RequestBodyError) {
        pending += piece
        var position = 0
        while let next = try step(from: position, into: &sink) { position = next }
        pending.removeFirst(lastPosition)
    }

    /// Where the last step left off: everything before it is dealt with.
    private var lastPosition = 0

    /// Checks that the body was complete.
    /// - Throws: ``RequestBodyError/malformed(_:)`` when the closing delimiter has not come.
    package func finish() throws(RequestBodyError) {
        guard state == .epilogue else { throw .malformed("The multipart body ends before its closing boundary.") }
    }

    /// Deals with what lies at `position`; returns where to go on, or nil when more bytes are needed.
    private mutating func step(from position: Int, into sink: inout some MultipartSink) throws(RequestBodyError) -> Int?
    {
        lastPosition = position
        switch state {
        case .preamble, .content: return try passContent(from: position, into: &sink)
        case .delimiterEnd: return try readDelimiterEnd(at: position)
        case .head: return try readHead(at: position, into: &sink)
        case .epilogue:
            lastPosition = pending.count
            return nil
        }
    }

    private mutating func passContent(
        from position: Int, into sink: inout some MultipartSink
    ) throws(RequestBodyError) -> Int? {
        let (end, isDelimiter) = findDelimiter(from: position)
        if state == .content {
            if end > position { try emit(position..<end, into: &sink) }
            if isDelimiter { try sink.endPart() }
        }
        lastPosition = end
        guard isDelimiter else { return nil }
        state = .delimiterEnd
        return end + delimiter.count
    }

    private func emit(_ range: Range<Int>, into sink: inout some MultipartSink) throws(RequestBodyError) {
        let result: Result<Void, RequestBodyError> = pending.withUnsafeBytes { bytes in
            do throws(RequestBodyError) {
                return .success(try sink.append(UnsafeRawBufferPointer(rebasing: bytes[range])))
            } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Where the content ends that is surely no delimiter, and whether a whole delimiter follows there.
    private func findDelimiter(from position: Int) -> (end: Int, isDelimiter: Bool) {
        pending.withUnsafeBytes { bytes in
            delimiter.withUnsafeBytes { delimiter in
                guard let base = bytes.baseAddress, let wanted = delimiter.baseAddress else { return (position, false) }
                var start = position
                // Content is rarely full of carriage returns, so the C library's search does nearly all the work.
                while start < bytes.count, let found = memchr(base + start, 13, bytes.count - start) {
                    let candidate = UnsafeRawPointer(found) - base
                    let length = min(delimiter.count, bytes.count - candidate)
                    if memcmp(wanted, base + candidate, length) == 0 { return (candidate, length == delimiter.count) }
                    start = candidate + 1
                }
                return (bytes.count, false)
            }
        }
    }

    /// After a delimiter: `--` ends the body, a line break begins a part.
    private mutating func readDelimiterEnd(at position: Int) throws(RequestBodyError) -> Int? {
        var index = position
        if pending.count >= index + 2, pending[index] == UInt8(ascii: "-"), pending[index + 1] == UInt8(ascii: "-") {
            state = .epilogue
            return index + 2
        }
        while index < pending.count, pending[index] == 32 || pending[index] == 9 { index += 1 }
        guard index - position <= Self.headLimit else { throw .malformed("A multipart boundary line is too long.") }
        guard pending.count >= index + 2 else { return nil }
        guard pending[index] == 13, pending[index + 1] == 10 else {
            throw .malformed("A multipart boundary is followed by other text.")
        }
        state = .head
        // The line break stays: a head without lines then ends like any other, with two in a row.
        return index
    }

    private mutating func readHead(at position: Int, into sink: inout some MultipartSink) throws(RequestBodyError)
        -> Int?
    {
        guard let end = headEnd(from: position) else {
            guard pending.count - position <= Self.headLimit else {
                throw .malformed("The header of a multipart part is over \(Self.headLimit) bytes.")
            }
            return nil
        }
        guard end - position <= Self.headLimit else {
            throw .malformed("The header of a multipart part is over \(Self.headLimit) bytes.")
        }
        try sink.beginPart(MultipartHead(pending[position..<end]))
        state = .content
        return end + 4
    }

    /// Where the two line breaks in a row begin that end the header lines.
    private func headEnd(from position: Int) -> Int? {
        var index = position
        while index + 4 <= pending.count {
            if pending[index] == 13, pending[index + 1] == 10, pending[index + 2] == 13, pending[index + 3] == 10 {
                return index
            }
            index += 1
        }
        return nil
    }
}

/// Takes the parts of a multipart body in order: begin, any number of pieces, end.
package protocol MultipartSink {
    /// A part begins.
    mutating func beginPart(_ head: MultipartHead) throws(RequestBodyError)
    /// The next piece of its content, valid during the call.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(RequestBodyError)
    /// The part is complete.
    mutating func endPart() throws(RequestBodyError)
}
