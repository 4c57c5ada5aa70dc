import Settings
import Testing

@Suite struct `Kinds of setting` {
    @Test(arguments: [
        ("4096", 4096), ("50MB", 50_000_000), ("50 MB", 50_000_000), ("2GiB", 2 << 30), ("1kB", 1000), ("3KiB", 3072),
    ])
    func `a size may carry its unit`(text: String, bytes: Int) throws {
        let setting = Setting("SIZE", .bytes(in: 1...(1 << 40)), default: 1, meaning: "")
        #expect(try Configuration([setting], environment: ["SIZE": text])[setting] == bytes)
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
        ("7d", .seconds(604_800)),
    ])
    func `a time carries its unit, and is shown with it`(text: String, duration: Duration) throws {
        let setting = Setting("TIME", .duration(in: .zero...Duration.seconds(1_000_000)), default: .zero, meaning: "")
        let configuration = try Configuration([setting], environment: ["TIME": text])
        #expect(configuration[setting] == duration)
        #expect(configuration.entries[0].value == text)
    }

    @Test(arguments: [
        "", "5", "s", "5 fortnights", "-1s", "99999999999999999999s", "9223372036854775807d", "2000000s", "٣s",
    ])
    func `a time is refused without a number or a unit, or out of range`(text: String) {
        let setting = Setting(
            "TIME", .duration(in: .zero...Duration.seconds(1_000_000)), required: "set it", meaning: "")
        #expect(throws: ConfigurationError.self) { try Configuration([setting], environment: ["TIME": text]) }
    }

    @Test(arguments: [
        ("true", true), ("YES", true), ("1", true), ("on", true), ("off", false), ("0", false), ("No", false),
    ])
    func `yes and no have their usual spellings`(text: String, value: Bool) throws {
        let setting = Setting("FLAG", .boolean, default: !value, meaning: "")
        #expect(try Configuration([setting], environment: ["FLAG": text])[setting] == value)
    }

    enum Engine: String, CaseIterable, Sendable { case embedded, temporal }

    @Test func `a choice names what there is to choose from`() throws {
        let setting = Setting("ATELIER_ENGINE", .enumeration, default: Engine.embedded, meaning: "")
        #expect(try Configuration([setting], environment: ["ATELIER_ENGINE": "temporal"])[setting] == .temporal)
        #expect(
            throws: ConfigurationError(faults: [
                "ATELIER_ENGINE (environment): \"celery\" is none of the choices; give embedded, temporal"
            ])
        ) {
            try Configuration([setting], environment: ["ATELIER_ENGINE": "celery"])
        }
    }

    @Test(arguments: ["0", "65536", "-1", "8001.0", "0x50", "8 001"])
    func `a port is a number from 1 to 65535`(text: String) {
        let setting = Setting("PORT", .port, default: 1, meaning: "")
        #expect(throws: ConfigurationError.self) { try Configuration([setting], environment: ["PORT": text]) }
    }

    @Test(arguments: ["http://", "ftp://host", "http:///path", "http://a b", "host:80"])
    func `a web address is whole`(text: String) {
        let setting = Setting("URL", .url(), default: "http://x", meaning: "")
        #expect(throws: ConfigurationError.self) { try Configuration([setting], environment: ["URL": text]) }
    }

    @Test func `a web address loses its slash at the end`() throws {
        let setting = Setting("URL", .url(), default: "http://x", meaning: "")
        #expect(
            try Configuration([setting], environment: ["URL": "HTTPS://Host/base//"])[setting] == "HTTPS://Host/base")
    }

    @Test func `a list is cut at commas`() throws {
        let setting = Setting("LIST", .list(of: .integer(in: 0...9)), default: [], meaning: "")
        #expect(try Configuration([setting], environment: ["LIST": "1, 2,3"])[setting] == [1, 2, 3])
        #expect(throws: ConfigurationError.self) { try Configuration([setting], environment: ["LIST": "1,,2"]) }
        #expect(throws: ConfigurationError.self) { try Configuration([setting], environment: ["LIST": "1,10"]) }
    }

    @Test func `a path with a tilde is refused, since no shell reads it`() {
        let setting = Setting("HOME_FOLDER", .path, default: ".", meaning: "")
        #expect(throws: ConfigurationError.self) { try Configuration([setting], environment: ["HOME_FOLDER": "~/x"]) }
    }

    @Test func `defaults that refer to each other in a circle come to an end`() {
        enum Circle {
            static let one = Setting("ONE", .text, defaultFrom: "TWO", meaning: "", { try $0[two] })
            static let two: Setting<String> = Setting("TWO", .text, defaultFrom: "ONE", meaning: "", { try $0[one] })
        }
        let configuration = try? Configuration([Circle.one, Circle.two], environment: ["TWO": "given"])
        #expect(configuration?[Circle.one] == "given")
    }
}
