import Web

/// `GET /health` looks at what the server needs; `GET /health/live` only says that it answers.
struct HealthRoutes {
    let checks: HealthChecks

    func register(in router: inout Router) {
        router.add(
            Route(
                raw: .get, "/health", summary: "Whether everything the server needs works", tags: ["Operations"],
                access: .open,
                returns: [
                    .json(status: 200, doc: "Healthy, or degraded", Health.self),
                    .json(status: 503, doc: "Unhealthy", Health.self),
                ]
            ) { [checks] _ in
                let health = await checks.run()
                return try .json(health, status: health.status == .unhealthy ? 503 : 200)
            })
        router.add(
            Route(
                .get, "/health/live", summary: "Whether the server answers", tags: ["Operations"], access: .open,
                returns: .ok(Alive.self)
            ) { _ in Alive() })
    }
}

/// The answer of `GET /health/live`.
struct Alive: ResponseModel {
    let status = "alive"
    static let schema = JSONSchema.object("Alive", [.property("status", .enumeration(["alive"]))])
    static let example = Alive()
}
