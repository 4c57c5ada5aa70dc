import Observability
import Web

/// `GET /metrics`, for Prometheus.
struct MetricsRoute {
    let metrics: Metrics

    func register(in router: inout Router) {
        let mediaType = "text/plain; version=0.0.4; charset=utf-8"
        router.add(
            Route(
                raw: .get, "/metrics", summary: "Measurements for Prometheus", tags: ["Operations"], access: .open,
                returns: [DocumentedResponse(status: 200, doc: "Measurements", mediaType: mediaType)]
            ) { [metrics] _ in
                HTTPResponse(
                    status: 200, headers: ["Content-Type": mediaType], body: .bytes(Array(await metrics.render().utf8)))
            })
    }
}
