import Database
import FoundationEssentials
import Imaging
import Storage

/// The `campaigns` table: the only SQL of this studio.
struct CampaignStore: Sendable {
    static let migrations = [
        Migration(component: "campaigns", version: 1) { dialect in
            let id: String =
                switch dialect {
                case .sqlite: "INTEGER PRIMARY KEY AUTOINCREMENT"
                case .postgresql: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
                case .mysql: "BIGINT AUTO_INCREMENT PRIMARY KEY"
                }
            return [
                """
                CREATE TABLE campaigns (
                    id \(unsafe: id),
                    name TEXT,
                    description TEXT NOT NULL,
                    image_metadata TEXT NOT NULL,
                    variations TEXT NOT NULL,
                    crop VARCHAR(16) NOT NULL,
                    status VARCHAR(16) NOT NULL,
                    processed_images TEXT NOT NULL,
                    origin TEXT,
                    error_message TEXT,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    completed_at BIGINT
                )
                """,
                // Serves the list by status and the sweep for campaigns that stand still.
                "CREATE INDEX campaigns_by_status ON campaigns (status, id)",
            ]
        }
    ]

    /// Writes a new campaign as `pending` and returns its id.
    func insert(_ campaign: NewCampaign, at now: Date, in transaction: any SQLConnection) throws -> Int {
        let time = now.milliseconds
        let rows = try transaction.query(
            """
            INSERT INTO campaigns
                (name, description, image_metadata, variations, crop, status, processed_images, created_at, updated_at)
            VALUES (\(campaign.name), \(campaign.description), \(try Self.json(campaign.image)),
                \(campaign.ratios.map(\.description).joined(separator: ",")), \(campaign.crop.rawValue),
                \(CampaignStatus.pending.rawValue), '{}', \(time), \(time))
            RETURNING id
            """)
        guard let row = rows.first else { throw DatabaseError.statement("the insert returned no id") }
        return try row.integer("id")
    }

    /// The campaign `id`, if there is one.
    func find(_ id: Int, in connection: any SQLConnection) throws -> Campaign? {
        try connection.first("SELECT \(unsafe: Self.columns) FROM campaigns WHERE id = \(id)").map(Self.campaign)
    }

    /// Up to `limit` campaigns, newest first, older than `before`, of one status if given.
    func list(
        limit: Int, before: Int?, status: CampaignStatus?, in connection: any SQLConnection
    ) throws -> [Campaign] {
        let top = before ?? Int.max
        let rows =
            if let status {
                try connection.query(
                    """
                    SELECT \(unsafe: Self.columns) FROM campaigns
                    WHERE status = \(status.rawValue) AND id < \(top) ORDER BY id DESC LIMIT \(limit)
                    """)
            } else {
                try connection.query(
                    "SELECT \(unsafe: Self.columns) FROM campaigns WHERE id < \(top) ORDER BY id DESC LIMIT \(limit)")
            }
        return try rows.map(Self.campaign)
    }

    /// Moves a campaign on, if its status allows it.
    /// - Returns: Whether it moved; false when it is gone or finished.
    @discardableResult
    func advance(
        _ id: Int, to change: CampaignChange, at now: Date, in transaction: any SQLConnection
    ) throws -> Bool {
        let time = now.milliseconds
        let status = change.status
        let allowed = change.predecessors.map(\.rawValue)
        let changed =
            switch change {
            case .processing:
                try transaction.execute(
                    """
                    UPDATE campaigns SET status = \(status.rawValue), updated_at = \(time)
                    WHERE id = \(id) AND status IN (\(list: allowed))
                    """)
            case .reopened:
                try transaction.execute(
                    """
                    UPDATE campaigns SET status = \(status.rawValue), error_message = NULL, completed_at = NULL,
                        updated_at = \(time)
                    WHERE id = \(id) AND status IN (\(list: allowed))
                    """)
            case .completed(let pictures, let origin):
                try transaction.execute(
                    """
                    UPDATE campaigns SET status = \(status.rawValue), processed_images = \(try Self.json(pictures)),
                        origin = \(try Self.json(origin)), updated_at = \(time), completed_at = \(time)
                    WHERE id = \(id) AND status IN (\(list: allowed))
                    """)
            case .failed(let message):
                try transaction.execute(
                    """
                    UPDATE campaigns SET status = \(status.rawValue), error_message = \(message),
                        updated_at = \(time), completed_at = \(time)
                    WHERE id = \(id) AND status IN (\(list: allowed))
                    """)
            }
        return changed > 0
    }

    /// Removes the row.
    ///
    /// Returns whether there was one.
    func delete(_ id: Int, in transaction: any SQLConnection) throws -> Bool {
        try transaction.execute("DELETE FROM campaigns WHERE id = \(id)") > 0
    }

    /// Unfinished campaigns that have not changed since `time`, oldest first, at most `limit`, after `id`.
    func standingStill(
        since time: Date, after id: Int, limit: Int, in connection: any SQLConnection
    ) throws -> [Int] {
        try connection.query(
            """
            SELECT id FROM campaigns WHERE status IN ('pending', 'processing')
            AND updated_at < \(time.milliseconds) AND id > \(id) ORDER BY id LIMIT \(limit)
            """
        ).map { try $0.integer("id") }
    }

    private static let columns = """
        id, name, description, image_metadata, variations, crop, status, processed_images, origin, error_message, \
        created_at, updated_at, completed_at
        """

    private static func campaign(_ row: SQLRow) throws -> Campaign {
        Campaign(
            id: try row.integer("id"), name: try row.optionalText("name"), description: try row.text("description"),
            image: try decode(ImageSource.self, from: row.text("image_metadata"), column: "image_metadata"),
            ratios: try ratios(row),
            crop: try word(row, "crop"), status: try word(row, "status"),
            pictures: try pictures(row.text("processed_images")),
            origin: try row.optionalText("origin").map { try decode(PictureOrigin.self, from: $0, column: "origin") },
            failure: try row.optionalText("error_message"),
            createdAt: Date(milliseconds: try row.integer("created_at")),
            updatedAt: Date(milliseconds: try row.integer("updated_at")),
            completedAt: try row.optionalInteger("completed_at").map(Date.init(milliseconds:)))
    }

    private static func ratios(_ row: SQLRow) throws -> [AspectRatio] {
        try row.text("variations").split(separator: ",").map { text in
            guard let ratio = AspectRatio(String(text)) else {
                throw DatabaseError.unexpectedValue(column: "variations", expected: "ratios like 16:9")
            }
            return ratio
        }
    }

    private static func pictures(_ text: String) throws -> [AspectRatio: StorageKey] {
        // Many reads are of campaigns in progress: do not start a JSON decoder for nothing.
        guard text != "{}" else { return [:] }
        let keys = try decode([String: StorageKey].self, from: text, column: "processed_images")
        return keys.reduce(into: [:]) { pictures, entry in
            if let ratio = AspectRatio(entry.key) { pictures[ratio] = entry.value }
        }
    }

    private static func json(_ pictures: [AspectRatio: StorageKey]) throws -> String {
        try json(pictures.reduce(into: [String: StorageKey]()) { $0[$1.key.description] = $1.value })
    }

    private static func word<Word: RawRepresentable>(_ row: SQLRow, _ column: String) throws -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: try row.text(column)) else {
            throw DatabaseError.unexpectedValue(column: column, expected: "a known \(Word.self)")
        }
        return word
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, column: String
    ) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
            throw DatabaseError.unexpectedValue(column: column, expected: "\(type) as JSON")
        }
    }
}

/// A campaign before it has an id.
struct NewCampaign: Codable, Sendable, Equatable {
    let name: String?
    let description: String
    let image: ImageSource
    let ratios: [AspectRatio]
    let crop: CropFocus
}

/// What happens to a campaign.
enum CampaignChange: Sendable {
    case processing
    case completed(pictures: [AspectRatio: StorageKey], origin: PictureOrigin)
    case failed(message: String)
    /// Its failed workflow goes on, because an operator wanted it to.
    case reopened

    var status: CampaignStatus {
        switch self {
        case .processing, .reopened: .processing
        case .completed: .completed
        case .failed: .failed
        }
    }

    /// The statuses in which it may happen.
    var predecessors: [CampaignStatus] {
        if case .reopened = self { CampaignStatus.reopenable } else { status.predecessors }
    }
}

extension Date {
    /// Milliseconds since 1970: whole numbers sort and compare the same in every database.
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }
    init(milliseconds: Int) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
