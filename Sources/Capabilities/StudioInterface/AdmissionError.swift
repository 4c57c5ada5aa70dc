public import Web

/// Why a request with an `Idempotency-Key` was not taken in.
public enum AdmissionError: Error, Equatable {
    /// The first request with this key is still being handled.
    case stillHandled
    /// The key was used for another request.
    case otherRequest
}

extension AdmissionError: HTTPConvertibleError {
    /// 409 or 422, as the contract says.
    public var httpError: HTTPError {
        switch self {
        case .stillHandled:
            .conflict("A request with this Idempotency-Key is still being handled; send it again in a second")
        case .otherRequest:
            HTTPError(422, .text("This Idempotency-Key was used for a request with another body; use a new key"))
        }
    }
}
