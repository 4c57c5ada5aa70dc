import CCurl
import Concurrency
import HTTPClient

extension Transfer {
    /// What libcurl's result means; nil when the exchange is complete.
    func error(_ code: CURLcode) -> OutboundError? {
        guard code != CURLE_OK else { return nil }
        let delivery: OutboundError.Delivery = hasBegun ? .maybeSent : .neverSent
        // The callback that stopped the transfer knows more than libcurl.
        if let reason { return OutboundError(reason, delivery: delivery) }
        if let refusal, !hasBegun { return OutboundError(.refused(refusal), delivery: delivery) }
        return OutboundError(reason(code), delivery: delivery)
    }

    private func reason(_ code: CURLcode) -> OutboundError.Reason {
        let cause = String(cString: curl_easy_strerror(code))
        let host = "\(url.host)"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotFound(host: host)
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY:
            return .connectFailed(host: host, cause: cause)
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(brokenLimit)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED:
            return .tls(host: host, cause: cause)
        case CURLE_FILESIZE_EXCEEDED: return .tooLarge(limit: policy.maximumBodySize)
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
            return .cutOff(cause: cause)
        default: return .badAnswer(cause: cause)
        }
    }

    /// libcurl has one code for all of them.
    private var brokenLimit: OutboundError.Limit {
        // Its timers are not exact to the millisecond.
        let elapsed = Duration.microseconds(atelier_curl_number(easy, CURLINFO_TOTAL_TIME_T)) + .milliseconds(100)
        if elapsed >= policy.timeout { return .whole(limit) }
        guard hasBegun, let speed = policy.lowestSpeed else { return .connecting(policy.connectTimeout) }
        return .tooSlow(bytesPerSecond: speed)
    }
}
