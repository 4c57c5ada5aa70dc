private import CCrypto

/// Computes SHA-256 over bytes that arrive in pieces.
///
/// It cannot be copied, because the library's state behind it cannot be shared; hand it on with `inout` or keep it in
/// the one object that feeds it.
///
/// - SeeAlso: FIPS 180-4.
public struct SHA256: ~Copyable, @unchecked Sendable {
    // Sendable by proof: the pointer is owned by this one value, which cannot be copied.
    private let context: OpaquePointer

    // Fetched once: the library otherwise looks the algorithm up, under a lock, for every hash. Read-only afterwards.
    nonisolated(unsafe) private static let algorithm: OpaquePointer? = EVP_MD_fetch(nil, "SHA256", nil)

    /// Begins an empty hash.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
            preconditionFailure("libcrypto cannot begin a SHA-256; is the library damaged, or memory used up?")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds `bytes`.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// Adds `bytes`.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if done == nil { update(Array(bytes)) }
    }

    /// The digest of everything added so far; more may be added afterwards.
    public func finalize() -> SHA256Digest {
        let copy = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(copy) }
        precondition(EVP_MD_CTX_copy_ex(copy, context) == 1, "libcrypto cannot copy a hash; memory is used up")
        let bytes = [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { buffer, count in
            EVP_DigestFinal_ex(copy, buffer.baseAddress, nil)
            count = SHA256Digest.byteCount
        }
        return SHA256Digest(unchecked: bytes)
    }

    /// The digest of `bytes`.
    public static func hash(_ bytes: some Sequence<UInt8>) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}

/// The 32 bytes that SHA-256 makes.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes a digest has.
    public static let byteCount = 32
    /// The bytes, in the standard's order.
    public let bytes: [UInt8]

    /// Wraps 32 bytes that were computed elsewhere; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }
    /// 64 lower-case hexadecimal digits.
    public var description: String { hex }
}
