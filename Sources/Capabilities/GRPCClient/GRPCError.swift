/// A call that did not succeed.
///
/// - SeeAlso: gRPC core, "Status codes and their use in gRPC".
public struct GRPCError: Error, Equatable {
    /// The status codes of gRPC that calls meet, by their numbers; unknown numbers become `unknown`.
    public enum Code: Int, Sendable {
        case cancelled = 1
        case unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied, resourceExhausted
        case failedPrecondition, aborted, outOfRange, unimplemented, internalError, unavailable, dataLoss
        case unauthenticated
    }

    /// What kind of failure it is.
    public let code: Code
    /// The server's words, or ours where no answer came.
    public let message: String
    /// The field `grpc-status-details-bin`: an encoded `google.rpc.Status`, or empty.
    public let details: [UInt8]

    /// Creates an error.
    public init(_ code: Code, _ message: String, details: [UInt8] = []) {
        self.code = code
        self.message = message
        self.details = details
    }
}

extension GRPCError: CustomStringConvertible {
    /// Code and message, for the log.
    public var description: String { "\(code) (\(code.rawValue)): \(message)" }
}
