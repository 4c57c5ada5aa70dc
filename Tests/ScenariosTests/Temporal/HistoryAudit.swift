import Foundation
import Testing

/// What the server's histories say about workflows, as Temporal's own SDK reads them.
struct HistoryAudit: Decodable, Sendable {
    let id: String
    let type: String
    /// `COMPLETED`, `RUNNING` and so on.
    let status: String
    /// How often each activity completed, by its name.
    let completed: [String: Int]
    /// The highest attempt of each activity.
    let attempts: [String: Int]
    /// When its last attempt began, in seconds since 1970.
    let begun: [String: Double]
    /// Who ran each activity: `4711@host`.
    let workers: [String: String]
    /// What a time limit ended: `attempt of RenderPictures`, `workflow task`.
    let lost: [String]

    /// What a campaign from an upload consists of.
    static let steps = ["BeginCampaign", "CheckUpload", "RenderPictures", "PublishCampaign"]

    /// Reads every run of some types of workflow.
    static func all(_ types: [String] = ["ProcessCampaign"], at place: TemporalPlace) async throws -> [HistoryAudit] {
        let json = try await place.python(["audit"] + types)
        return try JSONDecoder().decode([HistoryAudit].self, from: JSONSerialization.data(withJSONObject: json))
    }

    /// Reads the runs of all campaigns, once lists on the server show at least `count`: they lag behind.
    static func campaigns(_ count: Int, at place: TemporalPlace) async throws -> [HistoryAudit] {
        var found: [HistoryAudit] = []
        try await eventually("\(count) campaigns are listed as closed") {
            found = try await all(at: place)
            return found.count >= count && found.allSatisfy { $0.status != "RUNNING" }
        }
        return found
    }
}
