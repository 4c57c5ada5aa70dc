import Imaging
import Storage
import Workflows

/// Why a campaign could not be made.
///
/// All of them end the campaign as `failed`; ``message`` is what its `error_message` says.
enum CampaignError: Error, Equatable {
    /// Nothing lies at the path.
    case sourceMissing(String)
    /// The path leads over a link or out of the uploads.
    case sourceEscapes(String)
    /// The picture cannot be used; `reason` says what is wrong and what is accepted.
    case sourceUnusable(reason: String)
    /// Dropbox was asked for and no access is configured.
    case dropboxNotConfigured
    /// The provider did not make a picture; `reason` says why.
    case generationFailed(reason: String)
}

extension CampaignError: ActivityFailure {
    var kind: String {
        switch self {
        case .sourceMissing: "sourceMissing"
        case .sourceEscapes: "sourceEscapes"
        case .sourceUnusable: "sourceUnusable"
        case .dropboxNotConfigured: "dropboxNotConfigured"
        case .generationFailed: "generationFailed"
        }
    }

    var isRetryable: Bool { false }

    var message: String {
        switch self {
        case .sourceMissing(let path):
            "There is no file \(path). Upload the picture with POST /uploads and use the path it answers."
        case .sourceEscapes(let path):
            "\(path) is a link or leads out of the uploads. Use the path of a plain file below uploads/."
        case .sourceUnusable(let reason):
            "The source picture cannot be used: \(reason)."
        case .dropboxNotConfigured:
            "Dropbox is not configured on this server. Upload the picture with POST /uploads and use source_type local."
        case .generationFailed(let reason):
            "The picture could not be generated: \(reason)."
        }
    }
}

extension CampaignError {
    /// What a fault of the picture means for the campaign; nil when trying again may help.
    private init?(image error: ImageError) {
        guard !error.isRetryable else { return nil }
        self = .sourceUnusable(reason: "\(error)")
    }

    /// What a fault of the store means for the campaign; nil when trying again may help.
    private init?(source error: StorageError) {
        switch error {
        case .notFound(let key): self = .sourceMissing(key)
        case .escapes(let key): self = .sourceEscapes(key)
        case .invalidKey, .corrupt: self = .sourceUnusable(reason: "\(error)")
        case .full, .unavailable: return nil
        }
    }

    /// Runs `body` and says what a fault of the picture or the store means for the campaign, where it means its end.
    static func translating<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as StorageError {
            throw CampaignError(source: error) ?? error
        } catch let error as ImageError {
            throw CampaignError(image: error) ?? error
        }
    }

    /// What a client is told about whatever ended a campaign.
    static func message(of error: any Error) -> String {
        switch error {
        case let error as ActivityError: error.message
        case let error as any ActivityFailure: error.message
        case is CancellationError: "The campaign was cancelled."
        default: "The campaign failed inside the server. Its operator finds the cause in the log."
        }
    }
}
