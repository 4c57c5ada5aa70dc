import FoundationEssentials
import Workflows

extension WorkflowPause {
    /// Who paused it is the identity that the request carried, unless that is this program's own.
    init(_ wire: WireExtendedInfo.Pause?, _ cluster: TemporalCluster) {
        let identity = wire?.identity ?? ""
        let reason = wire?.reason ?? ""
        self.init(
            since: wire?.since ?? Date(timeIntervalSince1970: 0),
            by: identity.isEmpty || identity == cluster.identity ? nil : identity, reason: reason.isEmpty ? nil : reason
        )
    }
}
