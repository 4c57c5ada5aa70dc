import Foundation
import Imaging
import Testing
import Web

@testable import Campaigns

@Suite struct `Answers about campaigns` {
    @Test func `every field is there at every status, null when there is nothing`() throws {
        let campaign = Campaign(
            id: 1, name: nil, description: "D", image: .dropbox(path: "/a"), ratios: [.square], crop: .centre,
            status: .pending, pictures: [:], origin: nil, failure: nil,
            createdAt: Date(timeIntervalSince1970: 1_767_225_600),
            updatedAt: Date(timeIntervalSince1970: 1_767_225_601),
            completedAt: nil)

        let bytes = try HTTPResponse.json(CampaignAnswer(campaign, urls: [:])).text

        #expect(
            bytes == """
                {"id":1,"name":null,"description":"D",\
                "image_metadata":{"source_type":"dropbox","dropbox_path":"/a"},"variations":["1:1"],"crop":"centre",\
                "status":"pending","processed_images":{},"image_urls":{},"origin":null,"error_message":null,\
                "created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:01.000Z","completed_at":null}
                """)
    }

    @Test func `what a client sent comes back in the same words`() {
        let sources: [ImageSource] = [
            .dropbox(path: "/a b.jpg"), .aiGenerated(PicturePrompt(text: "Leaves", provider: nil, seed: nil)),
            .aiGenerated(PicturePrompt(text: "Leaves", provider: "procedural", seed: 7)),
        ]

        for source in sources {
            let read = try? ImageSource.schema.decode(.object(source.json))
            #expect(read == source)
        }
    }
}

extension HTTPResponse {
    /// The body of an answer that is in memory.
    var text: String { if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "" } }
}
