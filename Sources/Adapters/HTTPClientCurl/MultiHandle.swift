import CCurl
import Concurrency

/// libcurl's set of transfers with their connections.
///
/// Sendable by proof: one thread alone uses `pointer`, but for `curl_multi_wakeup`, which may be called from anywhere as
/// long as the handle is not closed; the lock sees to that.
final class MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let isClosed = Locked(false)

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ configuration: CurlHTTPClient.Configuration) {
        precondition(Self.isReady, "libcurl cannot be set up")
        guard let pointer = curl_multi_init() else { preconditionFailure("there is no memory for libcurl") }
        self.pointer = pointer
        _ = atelier_curl_bound(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections)
        _ = atelier_curl_bound(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsToOneHost)
        // Idle ones; the default is four for each transfer.
        _ = atelier_curl_bound(pointer, CURLMOPT_MAXCONNECTS, min(configuration.maximumConnections, 64))
    }

    deinit { close() }

    /// Ends the thread's wait, now or the next one.
    func wake() {
        isClosed.withLock { isClosed in
            if !isClosed { curl_multi_wakeup(pointer) }
        }
    }

    /// Closes every connection; no transfer may be left.
    func close() {
        isClosed.withLock { isClosed in
            if !isClosed { curl_multi_cleanup(pointer) }
            isClosed = true
        }
    }
}
