/// The header and trailer fields of an answer that matter here; the others are not kept.
struct AnswerFields {
    /// Of all the fields of one answer together, kept or not, in bytes.
    static let limit = 64 << 10

    /// The HTTP status.
    private(set) var status: String?
    private(set) var contentType: String?
    private(set) var grpcStatus: String?
    private(set) var grpcMessage: String?
    private(set) var grpcDetails: String?
    private var byteCount = 0

    /// Takes a field.
    /// - Returns: False when these are too many.
    mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        byteCount += name.count + value.count
        guard byteCount <= Self.limit else { return false }
        let value = String(decoding: value, as: UTF8.self)
        switch String(decoding: name, as: UTF8.self) {
        case ":status": status = value
        case "content-type": contentType = value
        case "grpc-status": grpcStatus = value
        case "grpc-message": grpcMessage = value
        case "grpc-status-details-bin": grpcDetails = value
        default: break
        }
        return true
    }
}
