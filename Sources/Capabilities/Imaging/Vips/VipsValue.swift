import CVips

/// An argument of a libvips operation.
enum VipsValue {
    case int(Int)
    case double(Double)
    case bool(Bool)
    case string(String)
    /// A member of an enumeration by its short name, such as "lanczos3".
    case nick(String)
    case flags(UInt32)
    case doubles([Double])
    case image(VipsImage)
    case blob(VipsBlob)
}

extension VipsValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    init(integerLiteral value: Int) { self = .int(value) }
    init(floatLiteral value: Double) { self = .double(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// GObject's fundamental types.
///
/// They are macros in C, `number << 2`, and part of its ABI.
enum GType {
    static let boolean: UInt = 5 << 2
    static let int: UInt = 6 << 2
    static let double: UInt = 15 << 2
    static let string: UInt = 16 << 2
}

extension VipsLibrary {
    /// Runs `body` with an empty GValue of `type` and clears it afterwards.
    func withGValue<Result>(
        _ type: UInt, _ body: (UnsafeMutablePointer<atelier_gvalue>) throws(VipsFailure) -> Result
    ) throws(VipsFailure) -> Result {
        var value = atelier_gvalue()
        _ = functions.g_value_init(&value, type)
        defer { functions.g_value_unset(&value) }
        return try body(&value)
    }
}
