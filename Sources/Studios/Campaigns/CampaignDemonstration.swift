import FoundationEssentials
public import StudioInterface

extension CampaignsStudio {
    /// One campaign from an uploaded photograph and one from a prompt.
    public func demonstrate(with client: any DemonstrationClient) async throws -> [DemonstrationPicture] {
        let photo = try await client.upload(client.photograph(), fileName: "photo.jpg", to: "/uploads")
        let path = try JSONDecoder().decode(Uploaded.self, from: Data(photo)).path
        let uploaded = try await run(
            #"{"source_type":"local","path":"\#(path)"}"#, titled: "campaign from a photograph", with: client)
        let generated = try await run(
            #"{"source_type":"ai_generated","prompt":"A calm sea at sunset below mountains","seed":7}"#,
            titled: "campaign from a prompt", with: client)
        return uploaded + generated
    }

    private func run(
        _ image: String, titled title: String, with client: any DemonstrationClient
    ) async throws -> [DemonstrationPicture] {
        let order = #"{"name":"Demo","description":"The demonstration","image_metadata":\#(image)}"#
        let decoder = JSONDecoder()
        var state = try decoder.decode(State.self, from: Data(await client.post("/campaigns", json: order)))
        while state.status == "pending" || state.status == "processing" {
            try await Task.sleep(for: .milliseconds(100))
            state = try decoder.decode(State.self, from: Data(await client.get("/campaigns/\(state.id)")))
        }
        guard state.status == "completed" else {
            throw DemonstrationFailure(reason: state.errorMessage ?? "the campaign did not complete")
        }
        return (state.processedImages ?? [:]).sorted { $0.key < $1.key }.map { ratio, key in
            DemonstrationPicture(title: "\(title), \(ratio)", key: key)
        }
    }

    private struct Uploaded: Decodable {
        let path: String
    }

    private struct State: Decodable {
        let id: Int
        let status: String
        let processedImages: [String: String]?
        let errorMessage: String?

        enum CodingKeys: String, CodingKey {
            case id, status
            case processedImages = "processed_images"
            case errorMessage = "error_message"
        }
    }
}
