public import Concurrency
public import Database
import FoundationEssentials
public import Imaging
public import Observability
public import Storage
public import StudioInterface
public import Web
public import Workflows

/// One picture, cut to every shape a channel wants.
public struct CampaignsStudio: Studio {
    /// `campaigns`.
    public let name = "campaigns"
    private let needs: Needs
    private let campaigns: Campaigns
    private let links: PictureLinks

    /// What the studio stands on.
    public struct Needs: Sendable {
        /// Where its rows are.
        public var database: any Database
        /// Takes work in.
        public var admission: Admission
        /// Runs its workflows.
        public var engine: any WorkflowEngine
        /// Where pictures are.
        public var objects: any ObjectStore
        /// Works on pixels.
        public var images: ImageEngine
        /// Signs links to pictures.
        public var signer: URLSigner
        /// The server as clients see it.
        public var publicURL: PublicURL
        /// How long links are good.
        public var linkLifetime: Duration
        /// Who may use the routes.
        public var access: Access
        /// Where bodies lie while they arrive.
        public var spoolFolder: String
        /// The time.
        public var clock: any WallClock
        /// Where it logs.
        public var logger: Logger

        /// Names everything the studio stands on.
        public init(
            database: any Database, admission: Admission, engine: any WorkflowEngine, objects: any ObjectStore,
            images: ImageEngine, signer: URLSigner, publicURL: PublicURL,
            linkLifetime: Duration, access: Access, spoolFolder: String, clock: any WallClock, logger: Logger
        ) {
            self.database = database
            self.admission = admission
            self.engine = engine
            self.objects = objects
            self.images = images
            self.signer = signer
            self.publicURL = publicURL
            self.linkLifetime = linkLifetime
            self.access = access
            self.spoolFolder = spoolFolder
            self.clock = clock
            self.logger = logger
        }
    }

    /// Creates the studio.
    public init(_ needs: Needs) {
        self.needs = needs
        links = PictureLinks(
            signer: needs.signer, publicURL: needs.publicURL, lifetime: needs.linkLifetime, clock: needs.clock)
        campaigns = Campaigns(
            store: CampaignStore(), database: needs.database, admission: needs.admission, engine: needs.engine,
            links: links, clock: needs.clock)
    }

    /// The history of the `campaigns` table.
    public var migrations: [Migration] { CampaignStore.migrations }

    /// `/campaigns` and `/uploads`.
    public func register(routes: inout Router) {
        CampaignRoutes(campaigns: campaigns, access: needs.access).register(in: &routes)
        let uploads = Uploads(
            objects: needs.objects, images: needs.images, links: links, spoolFolder: needs.spoolFolder)
        UploadRoutes(uploads: uploads, access: needs.access).register(in: &routes)
    }

    /// `ProcessCampaign`, `RemoveCampaign` and what they do.
    public func register(workflows: inout WorkflowRegistry) {
        let rows = CampaignRows(store: campaigns.store, database: needs.database, clock: needs.clock)
        workflows.register(ProcessCampaign.self)
        workflows.register(RemoveCampaign.self)
        workflows.register(BeginCampaign(rows: rows))
        workflows.register(CheckUpload(objects: needs.objects, images: needs.images))
        workflows.register(RenderPictures(objects: needs.objects, images: needs.images))
        workflows.register(PublishCampaign(rows: rows))
        workflows.register(RecordFailure(rows: rows))
        workflows.register(RemovePictures(objects: needs.objects, engine: needs.engine))
    }

    /// Takes a failed campaign back to `processing`.
    public func reopened(_ job: WorkflowDescription, in connection: any SQLConnection) throws {
        guard job.workflow == ProcessCampaign.name, let id = job.memo["job_id"].flatMap({ Int($0) }) else { return }
        let store = campaigns.store
        guard try store.advance(id, to: .reopened, at: needs.clock.now, in: connection) else {
            throw ReopeningRefused("The campaign \(id) was deleted.")
        }
    }

    /// Repairs rows whose workflow ended without writing to them.
    public var services: [any Service] {
        [CampaignSweep(campaigns: campaigns, logger: needs.logger.labelled("campaigns"))]
    }
}
