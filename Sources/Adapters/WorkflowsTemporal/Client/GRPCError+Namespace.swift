import GRPCClient

extension GRPCError {
    /// Tells a missing namespace from a missing workflow.
    ///
    /// The server has one status for both, but whoever hears that a workflow is gone forgets what was meant for it; while
    /// the namespace is missing everything has to wait for the operator instead.
    func naming(namespace: String) -> GRPCError {
        // Details that cannot be read are those of something else.
        guard code == .notFound, let status = try? WireStatus(protoBytes: details),
            status.details.contains(where: { $0.type.hasSuffix(".NamespaceNotFoundFailure") })
        else { return self }
        let advice = "the namespace \(namespace) does not exist; create it, or set TEMPORAL_NAMESPACE to one that does"
        return GRPCError(.unavailable, advice, details: details)
    }
}
