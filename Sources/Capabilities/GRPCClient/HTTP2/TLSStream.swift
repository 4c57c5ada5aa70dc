import COpenSSL

/// A certificate, key or list of authorities that cannot be used.
public struct TLSFault: Error, CustomStringConvertible {
    /// What is wrong, and with which file.
    public let description: String
}

/// What connections of a channel have in common: whom to trust, and who we are.
///
/// Only its channel's thread touches it after it was made.
final class TLSContext {
    fileprivate let context: OpaquePointer
    private let serverName: String

    init(_ settings: ChannelConfiguration.TLS, host: String) throws(TLSFault) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw TLSFault(description: Self.lastError()) }
        self.context = context
        serverName = settings.serverName ?? host
        // An empty name would switch the check of the name off.
        guard !serverName.isEmpty else { throw TLSFault(description: "the server has no name to check") }
        atelier_require_tls12(context)
        // A key with a passphrase is refused; OpenSSL would ask for it on the terminal, and wait.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        try Self.trust(settings.authorities, context)
        if let certificate = settings.certificate, let key = settings.key {
            try Self.require(SSL_CTX_use_certificate_chain_file(context, certificate), "the certificate \(certificate)")
            try Self.require(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), "the private key \(key)")
            try Self.require(SSL_CTX_check_private_key(context), "the key \(key) for the certificate \(certificate)")
        }
        SSL_CTX_set_alpn_protos(context, [2, UInt8(ascii: "h"), UInt8(ascii: "2")], 3)
    }

    deinit { SSL_CTX_free(context) }

    private static func trust(_ authorities: String?, _ context: OpaquePointer) throws(TLSFault) {
        if let authorities {
            try require(SSL_CTX_load_verify_locations(context, authorities, nil), "the authorities \(authorities)")
        } else {
            try require(SSL_CTX_set_default_verify_paths(context), "the system's authorities")
        }
    }

    private static func require(_ result: Int32, _ what: String) throws(TLSFault) {
        guard result == 1 else { throw TLSFault(description: "\(what) cannot be used: \(lastError())") }
    }

    static func lastError() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return "unknown TLS error" }
        ERR_error_string_n(code, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A client's end on a connected socket.
    func makeStream(on socket: Int32) -> Result<TLSStream, TLSFault> {
        guard let ssl = SSL_new(context) else { return .failure(TLSFault(description: Self.lastError())) }
        let stream = TLSStream(ssl)
        _ = atelier_allow_moving_buffers(ssl)
        guard SSL_set_fd(ssl, socket) == 1, name(ssl) else {
            return .failure(TLSFault(description: "the name \(serverName) cannot be checked: \(Self.lastError())"))
        }
        return .success(stream)
    }

    /// An address is checked against the certificate's addresses and sent to nobody.
    private func name(_ ssl: OpaquePointer) -> Bool {
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), serverName) == 1 { return true }
        ERR_clear_error()
        return atelier_set_server_name(ssl, serverName) == 1 && SSL_set1_host(ssl, serverName) == 1
    }
}

/// An encrypted stream over a socket that does not block.
final class TLSStream {
    private let ssl: OpaquePointer
    /// Whether it waits for room to write, though it was asked to read or to shake hands.
    private(set) var wantsToWrite = false

    fileprivate init(_ ssl: OpaquePointer) { self.ssl = ssl }

    deinit { SSL_free(ssl) }

    /// Goes on with the handshake.
    /// - Returns: Whether it is done; nil for a fault.
    func shakeHands() -> Bool? {
        ERR_clear_error()
        let result = SSL_connect(ssl)
        if result == 1 { return true }
        return isWaiting(result) ? false : nil
    }

    /// Whether the server agreed to HTTP/2.
    var speaksHTTP2: Bool {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        return UnsafeBufferPointer(start: name, count: Int(length)).elementsEqual("h2".utf8)
    }

    /// What is wrong, in words.
    var fault: String {
        let result = SSL_get_verify_result(ssl)
        guard result == X509_V_OK else { return String(cString: X509_verify_cert_error_string(result)) }
        return ERR_peek_error() == 0 ? "the server closed the connection" : TLSContext.lastError()
    }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> StreamRead {
        ERR_clear_error()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
        if count > 0 { return .bytes(Int(count)) }
        return isWaiting(count) ? .later : .ended(fault)
    }

    /// - Returns: How many bytes were taken, 0 when there is no room now; nil for a fault.
    func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        ERR_clear_error()
        let count = SSL_write(ssl, bytes.baseAddress, Int32(min(bytes.count, 1 << 20)))
        if count > 0 { return Int(count) }
        return isWaiting(count) ? 0 : nil
    }

    /// The library judges by what is left in its list of errors, which is why every call begins with an empty one.
    private func isWaiting(_ result: Int32) -> Bool {
        let error = SSL_get_error(ssl, result)
        wantsToWrite = error == SSL_ERROR_WANT_WRITE
        return error == SSL_ERROR_WANT_READ || wantsToWrite
    }
}

/// What reading from a stream that does not block may bring.
enum StreamRead {
    case bytes(Int)
    case later
    /// For good, and why.
    case ended(String)
}
