public import Database
public import Storage
public import Web
public import Workflows

// What clients are told when the server cannot write: come back later, and nothing was half-written.

extension DatabaseError: HTTPConvertibleError {
    /// 503 for what passes; 500 for what is a fault of ours.
    ///
    /// The cause is in the log.
    public var httpError: HTTPError {
        switch self {
        case .full: .unavailable("The server has no room to write; nothing was changed", retryAfter: .seconds(30))
        case .busy, .unavailable, .closed:
            .unavailable("The database cannot be used at the moment; nothing was changed", retryAfter: .seconds(5))
        case .constraint, .unexpectedValue, .newerSchema, .schemaConflict, .statement:
            HTTPError(500, .text("Internal error; the operator finds the cause in the log"))
        }
    }
}

extension StorageError: HTTPConvertibleError {
    /// 503 for what passes, 404 for what is not there, 500 for what is damaged.
    public var httpError: HTTPError {
        switch self {
        case .full: .unavailable("The server has no room to write; nothing was changed", retryAfter: .seconds(30))
        case .unavailable:
            .unavailable("The store cannot be used at the moment; nothing was changed", retryAfter: .seconds(5))
        case .invalidKey, .notFound, .escapes: .notFound("There is no such file")
        case .corrupt: HTTPError(500, .text("The file is damaged; the operator finds the cause in the log"))
        }
    }
}

extension PayloadTooLarge: HTTPConvertibleError {
    /// 413 with the limit.
    public var httpError: HTTPError { HTTPError(413, .text(message)) }
}

extension EngineUnavailable: HTTPConvertibleError {
    /// 503: nothing was taken in.
    public var httpError: HTTPError {
        .unavailable("New work cannot be taken in at the moment; nothing was changed", retryAfter: .seconds(5))
    }
}
