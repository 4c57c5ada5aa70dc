import FoundationEssentials

/// The lines and the JSON of `atelier bench`.
struct BenchReport: Encodable {
    /// GET of one campaign, credentials checked, row read.
    var get: LoadResult?
    /// POST of a campaign until its 202, which is on disk.
    var post: LoadResult?
    /// Whole campaigns from a 12-megapixel photo.
    var campaigns: CampaignBenchResult?
    /// Three variations of a photo, without the server.
    var images: ImageBenchResult?
    /// The durable engine alone.
    var engine: EngineBenchResult?

    func show(asJSON: Bool) throws {
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            Terminal.out(String(decoding: try encoder.encode(self), as: UTF8.self))
            return
        }
        if let get { Terminal.out("GET  /campaigns/{id}    " + get.summary) }
        if let post { Terminal.out("POST /campaigns -> 202  " + post.summary) }
        if let campaigns { Terminal.out(campaigns.summary) }
        if let images { Terminal.out(images.summary) }
        for line in engine?.summaries ?? [] { Terminal.out(line) }
    }
}

/// What whole campaigns cost the server.
struct CampaignBenchResult: Encodable {
    let campaigns: Int
    let perMinute: Double
    let peakResidentBytes: Int

    enum CodingKeys: String, CodingKey {
        case campaigns
        case perMinute = "per_minute"
        case peakResidentBytes = "peak_rss_bytes"
    }

    var summary: String {
        "\(campaigns) campaigns at once: \(rounded(perMinute)) a minute, the server's peak \(peakResidentBytes >> 20) MB"
    }
}

/// What rendering one photo to three variations costs.
struct ImageBenchResult: Encodable {
    let photos: Int
    let cpuSecondsPerPhoto: Double
    let wallSecondsPerPhoto: Double
    let peakResidentBytes: Int

    enum CodingKeys: String, CodingKey {
        case photos
        case cpuSecondsPerPhoto = "cpu_seconds_per_photo"
        case wallSecondsPerPhoto = "wall_seconds_per_photo"
        case peakResidentBytes = "peak_rss_bytes"
    }

    var summary: String {
        "three variations of a photo: \(rounded(cpuSecondsPerPhoto * 1000)) ms CPU, "
            + "\(rounded(wallSecondsPerPhoto * 1000)) ms wall, peak \(peakResidentBytes >> 20) MB"
    }
}
