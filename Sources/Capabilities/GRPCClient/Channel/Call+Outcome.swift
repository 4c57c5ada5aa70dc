import FoundationEssentials

extension Call {
    /// How a stream ended, for whoever asked.
    enum Ending {
        case answered([UInt8])
        case failed(GRPCError)
        /// The server is known not to have looked at it, so it may be sent again whatever it does.
        case refused
    }

    /// Reads the ending from what arrived.
    /// - Parameter errorCode: The code the stream was closed with; 0 for none, 7 for REFUSED_STREAM, 8 for CANCEL, 11 for
    ///   ENHANCE_YOUR_CALM (RFC 9113, section 7).
    func ending(errorCode: UInt32) -> Ending {
        if let refusedAnswer { return .failed(refusedAnswer) }
        if let status = fields.grpcStatus.flatMap({ Int($0) }) { return ending(status: status) }
        if errorCode == 7 { return .refused }
        if let status = fields.status, status != "200" {
            return .failed(GRPCError(Self.code(ofHTTPStatus: status), "the server answered with HTTP status \(status)"))
        }
        // The server's reset at the deadline overtakes our own timer.
        if deadline - .milliseconds(100) < .now { return .failed(.late(timeout)) }
        if errorCode == 0 {
            let type = fields.contentType ?? "no type"
            return .failed(GRPCError(.unknown, "the answer (\(type)) has no status: is this a gRPC server?"))
        }
        let reason = "the server closed the stream with HTTP/2 code \(errorCode)"
        return .failed(GRPCError(Self.code(ofReset: errorCode), reason))
    }

    private func ending(status: Int) -> Ending {
        guard status == 0 else {
            let message = Self.unescaped(fields.grpcMessage ?? "")
            let details = Self.bytes(ofBase64: fields.grpcDetails ?? "")
            return .failed(GRPCError(GRPCError.Code(rawValue: status) ?? .unknown, message, details: details))
        }
        guard answer.count >= 5 else { return .failed(GRPCError(.internalError, "an answer without a message")) }
        guard answer[0] == 0 else { return .failed(GRPCError(.internalError, "an answer of unknown compression")) }
        let length = answer[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard length == answer.count - 5 else {
            return .failed(GRPCError(.internalError, "an answer of \(answer.count - 5) bytes that says \(length)"))
        }
        return .answered(Array(answer[5...]))
    }

    /// What a reset of the stream means.
    /// - SeeAlso: `PROTOCOL-HTTP2.md` of gRPC, "Errors".
    private static func code(ofReset code: UInt32) -> GRPCError.Code {
        switch code {
        case 8: .cancelled
        case 11: .resourceExhausted
        case 12: .permissionDenied
        default: .unavailable
        }
    }

    /// What a proxy's status means.
    /// - SeeAlso: gRPC core, "HTTP to gRPC Status Code Mapping".
    private static func code(ofHTTPStatus status: String) -> GRPCError.Code {
        switch status {
        case "400": .internalError
        case "401": .unauthenticated
        case "403": .permissionDenied
        case "404": .unimplemented
        case "429", "502", "503", "504": .unavailable
        default: .unknown
        }
    }

    /// Decodes `%XX`; what is no escape stays.
    private static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Servers leave the padding out.
    private static func bytes(ofBase64 text: String) -> [UInt8] {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) } ?? []
    }
}

extension GRPCError {
    static func late(_ timeout: Duration) -> GRPCError {
        GRPCError(.deadlineExceeded, "there was no answer within \(timeout)")
    }
}
