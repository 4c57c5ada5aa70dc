/// Why an object could not be stored or fetched.
public enum StorageError: Error, Equatable {
    case invalidKey(String)
    case notFound(String)
    /// A part of the path is a symbolic link, or leads out of the store.
    case escapes(String)
    /// The bytes read are not the bytes that were stored.
    case corrupt(String)
    case full
    case unavailable(String)

    /// Whether the same call may succeed later without a change.
    public var isRetryable: Bool {
        switch self {
        case .full, .unavailable: true
        case .invalidKey, .notFound, .escapes, .corrupt: false
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// One sentence without any path of the host.
    public var description: String {
        switch self {
        case .invalidKey(let fault): fault
        case .notFound(let key): "there is no object \(key)"
        case .escapes(let key): "\(key) is a link or leads out of the store; give a plain file"
        case .corrupt(let key): "the object \(key) is damaged: its checksum does not match"
        case .full: "the store has no room left; free disk space and try again"
        case .unavailable(let what): "the store cannot be used: \(what)"
        }
    }
}
