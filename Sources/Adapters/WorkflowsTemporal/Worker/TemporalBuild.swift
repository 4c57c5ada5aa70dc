import GRPCClient
public import Settings

/// Which build of the program a worker is, and whether a run stays with the build that began it.
///
/// - SeeAlso: <https://docs.temporal.io/worker-versioning>
public struct TemporalBuild: Sendable, Equatable {
    /// What becomes of a run when a newer build is made the current one.
    public enum Versioning: String, Sendable, CaseIterable {
        /// Any worker takes any run; changed code is guarded with `patched`.
        case none
        /// A run ends on the build that began it.
        case pinned
        /// A run goes on with the current build at its next step.
        case autoUpgrade = "auto-upgrade"
    }
    let deployment: String
    let id: String
    let versioning: Versioning

    /// Names a build.
    /// - Parameters:
    ///   - deployment: The workers that replace one another, as Temporal's tools list them.
    ///   - id: Another one for every change of code.
    public init(deployment: String = "atelier", id: String = "development", versioning: Versioning = .none) {
        self.deployment = deployment
        self.id = id
        self.versioning = versioning
    }

    /// Reads the settings.
    /// - Parameter version: The program's own, where none is set.
    public init(settings: Configuration, version: String) {
        self.init(
            deployment: settings[TemporalSettings.deployment], id: settings[TemporalSettings.buildID] ?? version,
            versioning: Versioning(rawValue: settings[TemporalSettings.versioning]) ?? .none)
    }

    var wire: WireDeployment {
        WireDeployment(deployment: deployment, buildID: id, mode: versioning == .none ? 1 : 2)
    }

    /// Numbered as `enums.v1.VersioningBehavior`.
    var behavior: Int {
        switch versioning {
        case .none: 0
        case .pinned: 1
        case .autoUpgrade: 2
        }
    }
}

/// The message `deployment.v1.WorkerDeploymentOptions`.
struct WireDeployment: ProtoMessage {
    var deployment = ""
    var buildID = ""
    /// Numbered as `enums.v1.WorkerVersioningMode`.
    var mode = 0
    static let fields: [ProtoField<Self>] = [.string(1, \.deployment), .string(2, \.buildID), .integer(3, \.mode)]
}
