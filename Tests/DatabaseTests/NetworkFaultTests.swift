import AtelierTesting
import Database
import Testing

@Suite(.enabled(if: !TestDatabase.servers.isEmpty), .timeLimit(.minutes(2))) struct `A network that fails` {
    private static let oneConnection = {
        var limits = PoolLimits()
        limits.connections = 1
        return limits
    }()

    @Test(arguments: TestDatabase.servers)
    func `between transactions is not noticed by anybody`(on kind: TestDatabase) async throws {
        try await kind.withProxy { url, proxy in
            let database = try await kind.open(url)
            try await `A pool of connections`.makeTable(on: database)
            for id in 1...5 {
                await Self.cut(proxy)
                try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
                await Self.cut(proxy)
                #expect(try await `A pool of connections`.count(on: database) == id)
            }
            await database.close()
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `within a transaction makes it run again, and nothing of the first try remains`(on kind: TestDatabase)
        async throws
    {
        try await kind.withProxy { url, proxy in
            let database = try await kind.open(url, Self.oneConnection)
            try await `A pool of connections`.makeTable(on: database)
            let tries = Tally()

            try await database.write { connection in
                let number = tries.increment()
                try connection.execute("INSERT INTO things (id) VALUES (\(number))")
                if number == 1 { proxy.weather = .cutsReplies }
                try connection.execute("INSERT INTO things (id) VALUES (10)")
            }

            let rows = try await database.read { try $0.query("SELECT id FROM things ORDER BY id") }
            #expect(try rows.map { try $0.integer("id") } == [2, 10])
            await database.close()
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `during a commit is told as such, and the transaction is not run again`(on kind: TestDatabase) async throws {
        try await kind.withProxy { url, proxy in
            let database = try await kind.open(url, Self.oneConnection)
            try await `A pool of connections`.makeTable(on: database)
            let tries = Tally()

            await #expect {
                try await database.write { connection in
                    tries.increment()
                    try connection.execute("INSERT INTO things (id) VALUES (1)")
                    proxy.weather = .cutsReplies
                }
            } throws: { error in
                if case DatabaseError.unavailable = error { true } else { false }
            }

            #expect(tries.value == 1)
            // The commit reached the server: whoever took the error for a failure would be wrong.
            #expect(try await `A pool of connections`.count(on: database) == 1)
            await database.close()
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `for longer is told as unavailable, and all goes on when it is back`(on kind: TestDatabase) async throws {
        try await kind.withProxy { url, proxy in
            let database = try await kind.open(url)
            try await `A pool of connections`.makeTable(on: database)
            proxy.weather = .down

            for _ in 1...3 {
                await #expect {
                    try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
                } throws: { error in
                    guard case DatabaseError.unavailable(let reason) = error else { return false }
                    return !reason.contains(Self.password(of: url))
                }
            }
            proxy.weather = .fair

            try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
            #expect(try await `A pool of connections`.count(on: database) == 1)
            await database.close()
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `shows no password in what it says of a server that cannot be reached`(on kind: TestDatabase) async throws {
        let server = try #require(kind.server)
        let password = Self.password(of: server)
        let wrong = server.replacing(password, with: "wrong-\(password)")
        let proxy = ServerProxy(to: 1)
        defer { proxy.stop() }
        let away = server.replacing(#/:\d+\//#, with: ":\(proxy.port)/")

        for (url, hint) in [(wrong, "password"), (away, "127.0.0.1")] {
            let database = try await kind.open(url)
            await #expect {
                _ = try await database.read { _ in 1 }
            } throws: { error in
                let text = "\(error)"
                return !text.contains(password) && text.contains(hint)
            }
            await database.close()
        }
    }

    /// Cuts what is open and waits until it is so.
    private static func cut(_ proxy: ServerProxy) async {
        proxy.weather = .down
        await proxy.whenQuiet()
        proxy.weather = .fair
    }

    private static func password(of url: String) -> String {
        let authority = url.drop { $0 != "@" }.isEmpty ? "" : String(url.prefix { $0 != "@" })
        return String(authority.split(separator: ":").last ?? "")
    }
}
