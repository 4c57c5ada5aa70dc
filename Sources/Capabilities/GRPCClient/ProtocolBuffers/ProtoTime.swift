public import FoundationEssentials

extension ProtoField {
    /// `google.protobuf.Duration`.
    public static func duration(_ number: Int, _ path: ProtoPath<Message, Duration?>) -> Self {
        Self(number: number) { message, writer in
            guard let (seconds, attoseconds) = message[keyPath: path]?.components else { return }
            let parts = ProtoSeconds(seconds: Int(seconds), nanoseconds: Int(attoseconds / 1_000_000_000))
            writer.bytes(number, parts.protoBytes)
        } read: { (message, value) throws(ProtoFault) in
            // About ten thousand years either way.
            let parts = try value.seconds(number, in: -315_576_000_000...315_576_000_000)
            message[keyPath: path] = .seconds(parts.seconds) + .nanoseconds(parts.nanoseconds)
        }
    }

    /// `google.protobuf.Timestamp`.
    public static func time(_ number: Int, _ path: ProtoPath<Message, Date?>) -> Self {
        Self(number: number) { message, writer in
            guard let date = message[keyPath: path] else { return }
            let seconds = date.timeIntervalSince1970.rounded(.down)
            let nanoseconds = (date.timeIntervalSince1970 - seconds) * 1e9
            writer.bytes(number, ProtoSeconds(seconds: Int(seconds), nanoseconds: Int(nanoseconds)).protoBytes)
        } read: { (message, value) throws(ProtoFault) in
            // The years 1 to 9999.
            let parts = try value.seconds(number, in: -62_135_596_800...253_402_300_799)
            message[keyPath: path] = Date(
                timeIntervalSince1970: Double(parts.seconds) + Double(parts.nanoseconds) / 1e9)
        }
    }
}

/// Both of Protocol Buffers' messages of time.
private struct ProtoSeconds: ProtoMessage {
    var seconds = 0
    var nanoseconds = 0
    static let fields: [ProtoField<Self>] = [.integer(1, \.seconds), .integer(2, \.nanoseconds)]
}

extension ProtoValue {
    /// - Parameter range: What the format allows; beyond it, later arithmetic would overflow.
    fileprivate func seconds(_ number: Int, in range: ClosedRange<Int>) throws(ProtoFault) -> ProtoSeconds {
        let parts: ProtoSeconds = try message(number)
        guard range.contains(parts.seconds), (-999_999_999...999_999_999).contains(parts.nanoseconds) else {
            throw .outOfRange(field: number)
        }
        return parts
    }
}
