public import Database

extension TestDatabase {
    /// Runs `body` with a database that holds the tables of `migrations` and no rows.
    ///
    /// Making tables costs a server far more than emptying them, so databases go from one test to the next, and a few
    /// tests at a time have one.
    @discardableResult
    public func with<Value>(
        _ migrations: [Migration], limits: PoolLimits = PoolLimits(), isolation: isolated (any Actor)? = #isolation,
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        guard self != .sqlite else {
            return try await with(limits: limits) { database in
                try await Migrator(migrations).run(on: database)
                return try await body(database)
            }
        }
        let shelf = TableShelf.Place(kind: self, tables: migrations.map { "\($0.component) \($0.version)" })
        let known = await TableShelf.shared.take(from: shelf)
        do {
            let name = if let known { known } else { try await makeDatabase() }
            let value = try await use(name, known == nil ? migrations : [], limits, isolation: isolation, body)
            await TableShelf.shared.giveBack(name, to: shelf)
            return value
        } catch {
            // In an unknown state: it is not lent again.
            await TableShelf.shared.giveBack(nil, to: shelf)
            throw error
        }
    }

    private func use<Value>(
        _ name: String, _ migrations: [Migration], _ limits: PoolLimits,
        isolation: isolated (any Actor)? = #isolation, _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        let database = try await open(url(of: name), limits)
        do {
            if !migrations.isEmpty { try await Migrator(migrations).run(on: database) }
            let value = try await body(database)
            try await Self.empty(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }

    private static func empty(_ database: any Database) async throws {
        let schema = database.dialect == .mysql ? "DATABASE()" : "'public'"
        let tables = try await database.read { connection in
            try connection.query(
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = \(unsafe: schema)"
            ).map { try $0.text("name") }.filter { !$0.hasPrefix("schema_") }
        }
        try await database.write { connection in
            for table in tables { try connection.execute("DELETE FROM \(unsafe: table)") }
        }
    }
}

/// Databases with tables and without rows.
private actor TableShelf {
    struct Place: Hashable {
        let kind: TestDatabase
        let tables: [String]
    }

    static let shared = TableShelf()
    /// Tests that have one of a kind at a time.
    private static let limit = 6

    private var free: [Place: [String]] = [:]
    private var lent: [TestDatabase: Int] = [:]
    private var waiting: [TestDatabase: [CheckedContinuation<Void, Never>]] = [:]

    /// Waits for its turn.
    /// - Returns: nil when one must be made.
    func take(from place: Place) async -> String? {
        while lent[place.kind, default: 0] >= Self.limit {
            await withCheckedContinuation { waiting[place.kind, default: []].append($0) }
        }
        lent[place.kind, default: 0] += 1
        return free[place]?.popLast()
    }

    func giveBack(_ name: String?, to place: Place) {
        lent[place.kind, default: 0] -= 1
        if let name { free[place, default: []].append(name) }
        if waiting[place.kind]?.isEmpty == false { waiting[place.kind]?.removeFirst().resume() }
    }
}
