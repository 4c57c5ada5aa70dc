import CMicrohttpd
import Glibc
import Web

/// How a request says where its body ends.
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}

/// A request's line and header fields, with the framing judged more strictly than the library does.
///
/// The library accepts what a proxy in front may read otherwise (two lengths, a length beside `chunked`, a coding it
/// does not know); where two programs disagree about the end of a request, the rest becomes a request of somebody
/// else's choice. It also ends the list of fields at a line that begins with a colon, glues folded lines onto names and
/// cuts values at NUL, all without a word. So the fields have to account for every byte of the head.
///
/// - SeeAlso: RFC 9112 sections 3.2, 5.1, 5.2 and 6.3.
struct ReceivedHead {
    let method: String
    let target: String
    let headers: HTTPHeaders
    let framing: BodyFraming
    let contentType: String?
    let expectsContinue: Bool
    /// Whether the connection must not be used for another request.
    let mustClose: Bool

    /// Reads the head of the request that `connection` is at.
    /// - Throws: ``HeadFault``; the connection has to be closed after the answer.
    init(
        connection: OpaquePointer, method: UnsafePointer<CChar>, target: String, version: UnsafePointer<CChar>,
        byteLimit: Int
    ) throws(HeadFault) {
        var fields = HeaderFields(
            startingAt: UInt(bitPattern: version) + UInt(strlen(version)) + HeaderFields.lineBreak)
        withUnsafeMutablePointer(to: &fields) { fields in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { fields, _, name, nameLength, value, valueLength in
                    fields?.assumingMemoryBound(to: HeaderFields.self).pointee.add(
                        UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameLength),
                        UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueLength))
                    return .YES
                }, fields)
        }
        let size = atelier_mhd_header_size(connection)
        guard size <= byteLimit else { throw .tooLarge(limit: byteLimit) }
        let isHTTP11 = strcmp(version, "HTTP/1.1") == 0
        guard fields.isWhole, UInt(bitPattern: method) + UInt(size) == fields.next + HeaderFields.lineBreak else {
            throw .malformed("A header line is folded, has no name, or holds characters that it must not.")
        }
        framing = try fields.framing(isHTTP11: isHTTP11)
        guard !target.isEmpty, target.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
            throw .malformed("The request target is empty or holds blanks.")
        }
        self.method = String(cString: method)
        self.target = target
        headers = HTTPHeaders(fields.list)
        contentType = fields.contentType
        expectsContinue = fields.expectsContinue && isHTTP11
        mustClose = framing == .none && Self.usuallyHasBody(self.method)
    }

    private static func usuallyHasBody(_ method: String) -> Bool {
        switch method {
        case "POST", "PUT", "PATCH": true
        default: false
        }
    }
}

/// Why a request is refused before anybody handles it.
enum HeadFault: Error, Equatable {
    case malformed(String)
    case tooLarge(limit: Int)

    var status: Int {
        switch self {
        case .malformed: 400
        case .tooLarge: 431
        }
    }

    var detail: String {
        switch self {
        case .malformed(let reason): reason
        case .tooLarge(let limit): "The request line and header fields are over \(limit) bytes."
        }
    }
}

/// Header fields as the library hands them over, one at a time.
private struct HeaderFields {
    var list: [(name: String, value: String)] = []
    var contentType: String?
    var expectsContinue = false
    /// Whether the fields so far follow each other without a gap.
    private(set) var isWhole = true
    /// The address where the next field, or the empty line at the end, has to begin.
    private(set) var next: UInt
    private var lengths: [String] = []
    private var codings: [String] = []
    private var hosts = 0

    /// Carriage return and line feed; the library has overwritten them, but they are still counted.
    static let lineBreak: UInt = 2

    init(startingAt address: UInt) { next = address }

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if name.isEmpty || !name.allSatisfy({ Self.isTokenByte[Int($0)] }) { isWhole = false }
        if value.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) { isWhole = false }
        follow(name, value)
        let field = (name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
        list.append(field)
        // Only names of these lengths matter here; most fields are passed on without being looked at.
        switch name.count {
        case 4: if field.name.isSameField("host") { hosts += 1 }
        case 6: if field.name.isSameField("expect") { expectsContinue = field.value.isSameField("100-continue") }
        case 12: if field.name.isSameField("content-type") { contentType = field.value }
        case 14, 17: noteFraming(field.name, field.value)
        default: break
        }
    }

    /// Checks that the name is where it has to be, and that only a colon and blanks lie between it and the value.
    private mutating func follow(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let start = UInt(bitPattern: name.baseAddress)
        let valueStart = UInt(bitPattern: value.baseAddress)
        let colon = start + UInt(name.count)
        guard start == next, valueStart > colon, valueStart - colon <= Self.mostBlanks,
            let blanks = UnsafeRawPointer(bitPattern: colon + 1),
            UnsafeRawBufferPointer(start: blanks, count: Int(valueStart - colon - 1)).allSatisfy({ $0 == 32 || $0 == 9 }
            )
        else { return isWhole = false }
        next = valueStart + UInt(value.count) + Self.lineBreak
    }

    private static let mostBlanks: UInt = 256

    private mutating func noteFraming(_ name: String, _ value: String) {
        if name.isSameField("content-length") { lengths.append(value) }
        if name.isSameField("transfer-encoding") { codings.append(value.lowercased()) }
    }

    func framing(isHTTP11: Bool) throws(HeadFault) -> BodyFraming {
        guard hosts <= 1 else { throw .malformed("There is more than one Host field.") }
        guard hosts == 1 || !isHTTP11 else { throw .malformed("There is no Host field.") }
        guard codings.count + lengths.count <= 1 else {
            throw .malformed("The length of the body is given more than once.")
        }
        if let coding = codings.first {
            guard coding == "chunked", isHTTP11 else {
                throw .malformed("The only transfer coding is chunked, and HTTP/1.0 has none.")
            }
            return .chunked
        }
        guard let length = lengths.first else { return .none }
        guard !length.isEmpty, length.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(length) else {
            throw .malformed("Content-Length is no number.")
        }
        return count == 0 ? .none : .length(count)
    }

    /// Bytes that a field name may hold (RFC 9110 section 5.6.2).
    private static let isTokenByte: [Bool] = (0..<256).map { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "!#$%&'*+-.^_`|~".utf8.contains(UInt8(byte))
    }
}

extension String {
    /// Whether this is `lowercase` but for the case of its letters.
    fileprivate func isSameField(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount
            && strncasecmp(self, UnsafeRawPointer(lowercase.utf8Start).assumingMemoryBound(to: CChar.self), utf8.count)
                == 0
    }
}
