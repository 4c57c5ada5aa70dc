import Concurrency

/// Load against a running server: reads, admissions, and whole campaigns.
struct HTTPBench {
    let client: ServerClient
    let clients: Int
    let seconds: Double

    /// GET of one campaign: credentials checked, row read.
    func get() async throws -> LoadResult {
        let path = "/campaigns/\(try createCampaign(path: Self.absent))"
        let request = client.request("GET", path)
        let result = try await load.measure(expecting: 200) { _, _ in request }
        try client.delete(path)
        return result
    }

    /// POST of a campaign until its 202.
    ///
    /// The campaigns name a file that is not there, so that workers end them at once and the measurement leaves no
    /// pictures; their rows are removed afterwards.
    func post() async throws -> LoadResult {
        let marker = try createCampaign(path: Self.absent)
        let result = try await load.measure(expecting: 202) { worker, number in
            client.request(
                "POST", "/campaigns", type: "application/json",
                body: Self.campaign(path: Self.absent, name: "bench \(worker)-\(number)"))
        }
        try removeCampaigns(from: marker, count: result.requests)
        return result
    }

    /// Whole campaigns from one uploaded photo, `count` at once.
    func campaigns(photo: [UInt8], count: Int) async throws -> CampaignBenchResult {
        let uploaded = try decode(UploadedPath.self, from: client.upload(photo, fileName: "p.jpg", to: "/uploads"))
        let start = ContinuousClock.now
        let ids = try (0..<count).map { _ in try createCampaign(path: uploaded.path) }
        var peak = 0
        for id in ids {
            while try !isCompleted(id) {
                peak = max(peak, try residentBytes())
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        let minutes = (ContinuousClock.now - start).seconds / 60
        for id in ids { try client.delete("/campaigns/\(id)") }
        return CampaignBenchResult(campaigns: count, perMinute: Double(count) / minutes, peakResidentBytes: peak)
    }

    private func isCompleted(_ id: Int) throws -> Bool {
        let state = try decode(CampaignState.self, from: client.get("/campaigns/\(id)"))
        guard state.status != "failed" else { throw LoadFault.broken(state.errorMessage ?? "a campaign failed") }
        return state.status == "completed"
    }

    /// The server's memory, as it says itself under `/metrics`.
    private func residentBytes() throws -> Int {
        let name = "process_resident_memory_bytes "
        let lines = String(decoding: try client.get("/metrics"), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(name) }.flatMap { Double($0.dropFirst(name.count)) }.map(Int.init) ?? 0
    }

    private static let absent = "uploads/bench-absent.jpg"
    private var load: LoadRun { LoadRun(host: client.host, port: client.port, clients: clients, seconds: seconds) }

    private func createCampaign(path: String) throws -> Int {
        let body = String(decoding: Self.campaign(path: path, name: "bench"), as: UTF8.self)
        return try decode(CampaignState.self, from: client.post("/campaigns", json: body)).id
    }

    private static func campaign(path: String, name: String) -> [UInt8] {
        Array(
            """
            {"name":"\(name)","description":"A campaign of the benchmark",\
            "image_metadata":{"source_type":"local","path":"\(path)"}}
            """.utf8)
    }

    private func removeCampaigns(from first: Int, count: Int) throws {
        let connection = try client.connect()
        for id in first...(first + count) {
            _ = try connection.exchange(client.request("DELETE", "/campaigns/\(id)"))
        }
    }
}
