import AtelierTesting
import Concurrency
import Database
import Foundation
import Imaging
import Storage
import Testing

@testable import Campaigns

@Suite struct `The campaigns table` {
    private let store = CampaignStore()
    private let now = Date(timeIntervalSince1970: 1_767_225_600.123)
    private let order = NewCampaign(
        name: "Spring", description: "D", image: .aiGenerated(PicturePrompt(text: "Leaves", provider: nil, seed: 7)),
        ratios: [.square, .portrait], crop: .smart)

    @Test(arguments: TestDatabase.available)
    func `a campaign is read back as it was written`(on kind: TestDatabase) async throws {
        try await kind.with(CampaignStore.migrations) { database in
            let id = try await database.write { [store, order, now] in try store.insert(order, at: now, in: $0) }
            let found = try await database.read { [store] in try store.find(id, in: $0) }

            let campaign = try #require(found)
            #expect(campaign.name == "Spring" && campaign.description == "D")
            #expect(campaign.image == order.image && campaign.ratios == order.ratios && campaign.crop == .smart)
            #expect(campaign.status == .pending && campaign.pictures.isEmpty && campaign.completedAt == nil)
            #expect(abs(campaign.createdAt.timeIntervalSince(now)) < 0.001)
        }
    }

    @Test(arguments: TestDatabase.available)
    func `a finished campaign stays as it is, whatever comes late`(on kind: TestDatabase) async throws {
        try await kind.with(CampaignStore.migrations) { database in
            let key = try StorageKey("generated/campaigns/1/1x1.jpg")
            let origin = PictureOrigin(kind: "upload", provider: nil, seed: nil)
            let moves: [(CampaignChange, Bool)] = [
                (.completed(pictures: [:], origin: origin), false), (.processing, true), (.processing, true),
                (.completed(pictures: [.square: key], origin: origin), true), (.failed(message: "late"), false),
                (.processing, false), (.completed(pictures: [:], origin: origin), false),
            ]
            let id = try await database.write { [store, order, now] in try store.insert(order, at: now, in: $0) }

            for (change, isAllowed) in moves {
                let moved = try await database.write { [store, now] in
                    try store.advance(id, to: change, at: now, in: $0)
                }
                #expect(moved == isAllowed, "\(change)")
            }

            let campaign = try await database.read { [store] in try store.find(id, in: $0) }
            #expect(campaign?.status == .completed)
            #expect(campaign?.pictures == [.square: key])
            #expect(campaign?.failure == nil)
        }
    }

    @Test(arguments: TestDatabase.available)
    func `a number is never used again`(on kind: TestDatabase) async throws {
        try await kind.with(CampaignStore.migrations) { database in
            let first = try await database.write { [store, order, now] in try store.insert(order, at: now, in: $0) }
            let isDeleted = try await database.write { [store] in try store.delete(first, in: $0) }
            let isDeletedAgain = try await database.write { [store] in try store.delete(first, in: $0) }

            let second = try await database.write { [store, order, now] in try store.insert(order, at: now, in: $0) }
            #expect(isDeleted && !isDeletedAgain)
            #expect(second > first)
        }
    }

    @Test(arguments: TestDatabase.available)
    func `the list goes back from the newest, by status`(on kind: TestDatabase) async throws {
        try await kind.with(CampaignStore.migrations) { database in
            // Ids grow, but a database may skip some.
            var ids: [Int] = []
            for _ in 0..<5 {
                ids.append(
                    try await database.write { [store, order, now] in try store.insert(order, at: now, in: $0) })
            }
            let (second, third, fourth) = (ids[1], ids[2], ids[3])
            _ = try await database.write { [store, now] in
                try store.advance(second, to: .failed(message: "m"), at: now, in: $0)
            }

            let page = try await database.read { [store] in
                try store.list(limit: 2, before: fourth, status: nil, in: $0)
            }
            let failed = try await database.read { [store] in
                try store.list(limit: 9, before: nil, status: .failed, in: $0)
            }

            #expect(page.map(\.id) == [third, second])
            #expect(failed.map(\.id) == [second])
        }
    }
}
