private import CCrypto

/// The keyed digest of `message`, which only a holder of `key` can make.
///
/// - SeeAlso: RFC 2104 (HMAC) over SHA-256.
public func hmacSHA256(key: [UInt8], message: [UInt8]) -> SHA256Digest {
    // The library refuses a nil key; a key of no bytes is the same as one zero byte, by the standard's padding.
    let key = key.isEmpty ? [0] : key
    let bytes = [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { buffer, count in
        let done = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, nil)
        precondition(done != nil, "libcrypto cannot compute an HMAC; memory is used up")
        count = SHA256Digest.byteCount
    }
    return SHA256Digest(unchecked: bytes)
}

/// Whether both are the same, in a time that does not tell where, or in which length, they differ.
///
/// Both sides are hashed first, so that the comparison always runs over 32 bytes. The time grows with the length of
/// either side in steps of 64 bytes, as hashing does.
public func constantTimeEquals(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    CRYPTO_memcmp(SHA256.hash(left).bytes, SHA256.hash(right).bytes, SHA256Digest.byteCount) == 0
}

/// Whether both texts have the same bytes, in a time that does not tell where they differ.
public func constantTimeEquals(_ left: String, _ right: String) -> Bool {
    constantTimeEquals(left.utf8, right.utf8)
}

/// `count` bytes nobody can guess, for keys, passwords and links.
public func randomBytes(_ count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        // No fallback: a predictable secret is worse than no program.
        precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "libcrypto has no randomness to give")
        initialized = count
    }
}
