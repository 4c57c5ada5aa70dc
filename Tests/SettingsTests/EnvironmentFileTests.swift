import AtelierTesting
import Foundation
import Settings
import Testing

@Suite struct `The .env file` {
    @Test(arguments: [
        ("A=1", "1"), ("A = 1 ", "1"), ("export A=1", "1"), ("A=one two", "one two"), ("A=one # comment", "one"),
        ("A=one#two", "one#two"), ("A='single # $x \\n'", "single # $x \\n"),
        ("A=\"a\\nb\\\"c\\\\d\\$\"", "a\nb\"c\\d$"),
        ("A=\"x\" # comment", "x"), ("A=", ""), ("A=\"\"", ""), ("A=a=b", "a=b"), ("\u{FEFF}A=1", "1"),
        ("# x\r\nA=1\r\n", "1"),
        ("A=\"keep \\x\"", "keep \\x"), ("A=#x", ""), ("A=naïve 絵", "naïve 絵"),
    ])
    func `reads a line as shells and other programs do`(text: String, value: String) {
        let file = EnvironmentFile(text: text)
        #expect(file.faults == [])
        #expect(file.entries["A"]?.value == value)
    }

    @Test(arguments: [
        ("A", "there is no = after the name"),
        ("1A=x", "a name has letters, digits and _ and does not begin with a digit"),
        ("A-B=x", "a name has letters, digits and _ and does not begin with a digit"),
        ("=x", "a name has letters, digits and _ and does not begin with a digit"),
        ("A=\"open", "the quote is not closed on its line"), ("A='x' y", "text follows the closing quote"),
    ])
    func `names the line of a fault and never a value`(line: String, fault: String) {
        let file = EnvironmentFile(text: "# comment\n\nB=canary\n\(line)\nC=3")
        #expect(file.faults == [".env line 4: \(fault)"])
        #expect(file.entries["C"]?.line == 5)
    }

    @Test func `refuses a name that is set twice`() {
        #expect(EnvironmentFile(text: "A=1\nA=2").faults == [".env line 2: A is already set on line 1"])
    }

    private let additions = [
        EnvironmentFile.Addition("API_USERNAME", comment: "Name for the API.", value: "atelier"),
        EnvironmentFile.Addition("API_PASSWORD", comment: "Password for the API.", randomLength: 26),
    ]

    @Test func `is made on the first start with random secrets, for its owner only`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file(".env")
            let names = try EnvironmentFile.add(additions, to: path, environment: [:]) { counting($0) }

            #expect(names == ["API_USERNAME", "API_PASSWORD"])
            let file = EnvironmentFile.load(path: path)
            #expect(file.entries["API_USERNAME"]?.value == "atelier")
            #expect(file.entries["API_PASSWORD"]?.value == "abcdefghijkmnpqrstuvwxyz23")
            #expect(file.warnings.isEmpty)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [".env"])
        }
    }

    @Test func `is left alone on the second start`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file(".env")
            try EnvironmentFile.add(additions, to: path, environment: [:]) { counting($0) }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))

            let names = try EnvironmentFile.add(additions, to: path, environment: [:]) { _ in [] }
            #expect(names.isEmpty)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test func `is completed without touching what an operator wrote`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file(".env")
            try Data("# mine\nAPI_PORT=9000\nAPI_PASSWORD=\nLAST=x".utf8).write(to: URL(fileURLWithPath: path))

            let names = try EnvironmentFile.add(additions, to: path, environment: ["API_USERNAME": "set"]) {
                counting($0)
            }

            #expect(names == ["API_PASSWORD"])
            let text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
            #expect(
                text
                    == "# mine\nAPI_PORT=9000\nLAST=x\n# Password for the API.\nAPI_PASSWORD=abcdefghijkmnpqrstuvwxyz23\n"
            )
        }
    }

    @Test func `is not written over when it has faults`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file(".env")
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path))

            #expect(throws: SettingRefusal(".env line 1: there is no = after the name")) {
                try EnvironmentFile.add(additions, to: path, environment: [:]) { counting($0) }
            }
            #expect(try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) == "nonsense")
        }
    }

    @Test func `is one file when two programs start at once`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file(".env")
            let written = try await withThrowingTaskGroup(of: Int.self) { group in
                for seed in 0..<8 {
                    group.addTask { [additions] in
                        try EnvironmentFile.add(additions, to: path, environment: [:]) { count in
                            (0..<count).map { UInt8(truncatingIfNeeded: $0 + seed) }
                        }.count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(written == 2)
            #expect(EnvironmentFile.load(path: path).faults.isEmpty)
        }
    }

    @Test func `warns when other users may read it`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file(".env")
            try Data("A=1".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(EnvironmentFile.load(path: path).warnings.count == 1)
        }
    }

    @Test func `may be missing, but not garbage`() async throws {
        try await withTemporaryFolder { folder in
            #expect(EnvironmentFile.load(path: folder.file("none")).faults.isEmpty)
            let path = folder.file(".env")
            try Data([0x41, 0x3D, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: path))
            #expect(EnvironmentFile.load(path: path).faults == [".env: it is not UTF-8 text"])
        }
    }
}

private func counting(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }
