import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Imaging
import Observability
import Storage
import StudioInterface
import Testing
import Web
import Workflows
import WorkflowsSQL

@testable import Campaigns

@Suite struct `The sweep for campaigns that stand still` {
    private func withCampaigns(_ body: (Campaigns, ManualClock) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let database = try await SQLiteDatabase(path: folder.file("test.db"))
        _ = try await Migrator(Migration.workflows + Admission.migrations + CampaignStore.migrations).run(on: database)
        let links = PictureLinks(
            signer: URLSigner(keys: [.init(id: "k", secret: Array(repeating: 1, count: 32))]),
            publicURL: PublicURL("http://localhost"), lifetime: .seconds(60), clock: clock)
        let engine = SQLWorkflowEngine(database: database, clock: clock)
        let admission = Admission(database: database, clock: clock)
        try await body(
            Campaigns(
                store: CampaignStore(), database: database, admission: admission, engine: engine, links: links,
                clock: clock), clock)
        await database.close()
    }

    private let order = NewCampaign(
        name: nil, description: "D", image: .dropbox(path: "/a"), ratios: [], crop: .smart)

    @Test func `a campaign whose workflow is gone gets an end, and one that waits is left alone`() async throws {
        try await withCampaigns { campaigns, clock in
            let waiting = try await campaigns.create(order, idempotencyKey: nil, client: "a", requestID: "r").id
            let now = clock.now
            let orphan = try await campaigns.database.write { [order, store = campaigns.store] in
                try store.insert(order, at: now, in: $0)
            }
            let sweep = CampaignSweep(campaigns: campaigns, logger: .silent)

            try await sweep.sweep()
            let early = try await campaigns.find(orphan).status
            // Another engine may have it still, while an installation moves.
            clock.advance(by: .seconds(3600))
            try await sweep.sweep()
            let moving = try await campaigns.find(orphan).status
            clock.advance(by: .seconds(24 * 3600))
            try await sweep.sweep()

            #expect(early == .pending && moving == .pending)
            let ended = try await campaigns.find(orphan)
            #expect(ended.status == .failed && ended.failure?.isEmpty == false && ended.completedAt != nil)
            #expect(try await campaigns.find(waiting).status == .pending)
        }
    }

    @Test func `links stay the same within the hour and name the store's path`() async throws {
        try await withCampaigns { campaigns, clock in
            let key = try StorageKey("generated/campaigns/1/9x16.jpg")
            let first = campaigns.links.url(of: key)
            clock.advance(by: .seconds(1))

            #expect(campaigns.links.url(of: key) == first)
            #expect(first.hasPrefix("http://localhost/files/generated/campaigns/1/9x16.jpg?exp="))
        }
    }
}
