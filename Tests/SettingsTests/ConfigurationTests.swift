import Settings
import Testing

private enum Sample {
    static let host = Setting("API_HOST", .text, default: "127.0.0.1", meaning: "Address to listen on.")
    static let port = Setting("API_PORT", .port, default: 8001, meaning: "Port to listen on.")
    static let publicURL = Setting(
        "ATELIER_PUBLIC_URL", .url(), defaultFrom: "http://API_HOST:API_PORT", meaning: "Base of URLs handed out.",
        { try "http://\($0[host]):\($0[port])" })
    static let home = Setting("ATELIER_HOME", .path, default: "./.atelier", meaning: "Where data lies.")
    static let database = Setting(
        "DATABASE_URL", .url(schemes: ["sqlite", "postgres"]), defaultFrom: "sqlite://$ATELIER_HOME/atelier.db",
        meaning: "The database.", { try "sqlite://\($0[home])/atelier.db" })
    static let password = Setting(
        "API_PASSWORD", .secret(atLeast: 12), required: "add it to .env", meaning: "Password of the API.")
    static let redis = Setting("REDIS_URL", .optional(.url(schemes: ["redis"])), default: nil, meaning: "Wake-ups.")
    static let keys = Setting("ATELIER_API_KEYS", .list(of: .secret(atLeast: 8)), default: [], meaning: "Keys.")

    static let all: [any SettingDeclaration] = [
        host, port, publicURL, home, database, password, redis, keys,
    ]
    static let enough = ["API_PASSWORD": "correct horse battery"]

    static func read(_ environment: [String: String], file: String = "") throws(ConfigurationError) -> Configuration {
        let environment = environment.merging(enough) { given, _ in given }
        return try Configuration(all, environment: environment, file: EnvironmentFile(text: file))
    }

    static func faults(_ environment: [String: String], file: String = "") -> [String] {
        do throws(ConfigurationError) { _ = try read(environment, file: file) } catch { return error.faults }
        return []
    }
}

@Suite struct `The configuration` {
    @Test func `takes defaults, the file over them and the environment over both`() throws {
        let configuration = try Sample.read(
            ["API_PORT": "9000"], file: "API_PORT=7000\nAPI_HOST = 0.0.0.0\n")

        #expect(configuration[Sample.port] == 9000)
        #expect(configuration[Sample.host] == "0.0.0.0")
        #expect(configuration[Sample.home] == "./.atelier")
        #expect(configuration[Sample.redis] == nil)
        #expect(configuration.source(of: Sample.port) == .environment)
        #expect(configuration.source(of: Sample.host) == .file(line: 2))
        #expect(configuration.source(of: Sample.home) == .default)
    }

    @Test func `computes a default from the others, as they were set`() throws {
        let configuration = try Sample.read(["API_PORT": "9000", "ATELIER_HOME": "/srv/atelier/"])

        #expect(configuration[Sample.publicURL] == "http://127.0.0.1:9000")
        #expect(configuration[Sample.database] == "sqlite:///srv/atelier/atelier.db")
    }

    @Test func `counts a name that is set to nothing as not set`() throws {
        let configuration = try Sample.read(["API_PORT": "", "REDIS_URL": " "], file: "API_HOST=\n")
        #expect(configuration[Sample.port] == 8001)
        #expect(configuration.source(of: Sample.port) == .default)
        #expect(configuration[Sample.redis] == nil)
        #expect(configuration.source(of: Sample.host) == .default)
    }

    @Test func `reports every fault at once, with its name, its source and what is accepted`() {
        let faults = Sample.faults(
            ["API_PORT": "80a", "REDIS_URL": "http://here", "ATELIER_HOEM": "/x", "API_PASSWORD": "short"],
            file: "DATABASE_URL=oracle://x\nthis is not a line\n")

        #expect(
            faults == [
                ".env line 2: there is no = after the name",
                "API_PORT (environment): \"80a\" is not a whole number; give a port from 1 to 65535",
                "DATABASE_URL (.env line 1): \"oracle://x\" does not begin with a known scheme; "
                    + "give a URL that begins with sqlite:// or postgres://",
                "API_PASSWORD (environment): the value is shorter than 12 characters; give a secret of at least 12 characters",
                "REDIS_URL (environment): \"http://here\" does not begin with a known scheme; "
                    + "give a URL that begins with redis://, or nothing",
                "ATELIER_HOEM (environment): there is no such setting; did you mean ATELIER_HOME?",
            ])
    }

    @Test func `says what to do about a setting that must be there`() {
        #expect(throws: ConfigurationError(faults: ["API_PASSWORD is not set; add it to .env"])) {
            try Configuration(Sample.all, environment: [:])
        }
    }

    @Test func `never shows a secret, in a fault, an entry or a dump`() throws {
        let canary = "canary8"
        let faults = Sample.faults(["ATELIER_API_KEYS": "\(canary),\(canary)", "API_PASSWORD": canary])
        #expect(faults.count == 2)
        #expect(!faults.joined().contains(canary))

        let configuration = try Sample.read([
            "API_PASSWORD": "canary-canary-canary", "ATELIER_API_KEYS": "canary-12345",
        ])
        #expect(configuration[Sample.password].expose() == "canary-canary-canary")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("canary"))
        #expect(!"\(configuration.entries)".contains("canary"))
        #expect(configuration.entries.first { $0.name == "API_PASSWORD" }?.value == "(hidden)")
    }

    @Test func `shows a URL without its password, in an entry and in a fault`() throws {
        let configuration = try Sample.read(["DATABASE_URL": "postgres://user:hunter2@db/x"])
        #expect(configuration.entries.first { $0.name == "DATABASE_URL" }?.value == "postgres://user:(hidden)@db/x")
        #expect(configuration[Sample.database] == "postgres://user:hunter2@db/x")

        let query = try Sample.read(["DATABASE_URL": "postgres://db/x?sslmode=require&password=hunter2&user=u"])
        #expect(
            query.entries.first { $0.name == "DATABASE_URL" }?.value
                == "postgres://db/x?sslmode=require&password=(hidden)&user=u")

        #expect(!Sample.faults(["DATABASE_URL": "mysql://user:hunter2@db/x"]).joined().contains("hunter2"))
    }

    @Test func `lets no value forge a second line`() {
        let faults = Sample.faults(["API_PORT": "1\nAPI_HOST: all is well\u{1B}[2K"])
        #expect(faults.count == 1)
        #expect(!faults[0].contains("\n") && !faults[0].contains("\u{1B}"))
    }

    @Test func `warns of a name in the file that is nearly one of ours, and leaves strangers alone`() throws {
        let configuration = try Sample.read(["HOME": "/root"], file: "API_PROT=1\nSOMEBODY_ELSES=2\n")
        #expect(configuration.warnings == ["API_PROT (.env line 1): there is no such setting; did you mean API_PORT?"])
    }

    @Test func `refuses words that anybody would try as a secret`() {
        #expect(Sample.faults(["ATELIER_API_KEYS": "password"]).count == 1)
    }
}

@Suite struct `A secret` {
    @Test func `shows only when it is exposed`() {
        let secret = Secret("canary")
        var dumped = ""
        dump([secret], to: &dumped)
        let all = "\(secret) \(String(reflecting: secret)) \([secret]) \(Optional(secret) as Any) \(dumped)"
        #expect(!all.contains("canary"))
        #expect(secret.expose() == "canary")
        #expect(secret == Secret("canary") && secret != Secret("other"))
    }
}
