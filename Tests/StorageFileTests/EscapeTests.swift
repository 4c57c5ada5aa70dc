import AtelierTesting
import Foundation
import Storage
import StorageFile
import Testing

@Suite struct `No path leads out of the store` {
    /// Where a link stands, where it points to, and a key that would go through it.
    struct Trap: Sendable, CustomTestStringConvertible {
        let link: String
        let target: String
        let key: StorageKey
        var testDescription: String { "\(key) through \(link) -> \(target)" }
    }

    static let traps = [
        Trap(link: "uploads/shoe.jpg", target: "../../outside/secret", key: "uploads/shoe.jpg"),
        Trap(link: "uploads/inside.jpg", target: "real.jpg", key: "uploads/inside.jpg"),
        Trap(link: "uploads/absolute.jpg", target: "/etc/passwd", key: "uploads/absolute.jpg"),
        Trap(link: "uploads/dangling.jpg", target: "nowhere", key: "uploads/dangling.jpg"),
        Trap(link: "uploads/folder", target: "../../outside", key: "uploads/folder/secret"),
        Trap(link: "uploads/here", target: ".", key: "uploads/here/real.jpg"),
        Trap(link: "uploads/process", target: "/proc/self/cwd", key: "uploads/process/Package.swift"),
        Trap(link: "linked", target: "../outside", key: "linked/secret"),
        Trap(link: "linked", target: "../outside", key: "linked/deep/new"),
    ]

    @Test(arguments: Walk.allCases, traps)
    func `a symbolic link is refused wherever it stands, also for writing`(walk: Walk, trap: Trap) async throws {
        try await withStore(walk) { store, root, folder in
            try write("canary", to: folder.file("outside/secret"))
            try write("real", to: root + "/uploads/real.jpg")
            try FileManager.default.createSymbolicLink(
                atPath: root + "/" + trap.link, withDestinationPath: trap.target)

            await #expect(throws: StorageError.escapes("\(trap.key)")) { try await store.describe(trap.key) }
            await #expect(throws: StorageError.escapes("\(trap.key)")) { try await store.open(trap.key) }
            await #expect(throws: StorageError.escapes("\(trap.key)")) { try await store.putText("x", at: trap.key) }

            #expect(contents(of: folder.file("outside")) == ["secret"])
            #expect(try String(contentsOfFile: folder.file("outside/secret"), encoding: .utf8) == "canary")
            #expect(contents(of: root + "/.incoming").isEmpty)
        }
    }

    @Test(arguments: Walk.allCases)
    func `removing a folder removes links in it and leaves what they point to`(walk: Walk) async throws {
        try await withStore(walk) { store, root, folder in
            try write("canary", to: folder.file("outside/secret"))
            _ = try await store.putText("x", at: "g/7/a")
            try FileManager.default.createSymbolicLink(
                atPath: root + "/g/7/link", withDestinationPath: folder.file("outside"))
            try FileManager.default.createSymbolicLink(
                atPath: root + "/g/8", withDestinationPath: folder.file("outside"))

            #expect(try await store.deleteAll(under: "g/7") == 1)
            await #expect(throws: StorageError.escapes("g/8")) { try await store.deleteAll(under: "g/8") }
            await #expect(throws: StorageError.escapes("g/8/secret")) { try await store.delete("g/8/secret") }

            #expect(try String(contentsOfFile: folder.file("outside/secret"), encoding: .utf8) == "canary")
            #expect(!FileManager.default.fileExists(atPath: root + "/g/7"))
        }
    }

    @Test(arguments: Walk.allCases)
    func `a pipe, a socket's place and a folder are no objects, and nobody waits for them`(walk: Walk) async throws {
        try await withStore(walk) { store, root, _ in
            try write("x", to: root + "/uploads/file")
            try #require(mkfifo(root + "/uploads/pipe", 0o600) == 0)

            await #expect(throws: StorageError.escapes("uploads/pipe")) { try await store.open("uploads/pipe") }
            await #expect(throws: StorageError.notFound("uploads")) { try await store.open("uploads") }
            await #expect(throws: StorageError.notFound("uploads/file/x")) { try await store.open("uploads/file/x") }
            await #expect(throws: StorageError.self) { try await store.putText("x", at: "uploads/file/x") }
            await #expect(throws: StorageError.self) { try await store.putText("x", at: "uploads") }
            #expect(contents(of: root + "/.incoming").isEmpty)
        }
    }

    @Test(arguments: [
        "", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", "a/./b", ".", "a//b", "a/", ".hidden", "a/.hidden",
        ".incoming/x", "a\0b", "a\nb", "a\\b", "a\u{7F}b", "a\u{202E}b", "a\u{2028}b", "a%b", "a?b", "a*b", "a<b",
        "a\"b",
        String(repeating: "x", count: 256), String(repeating: "x/", count: 256) + "x",
    ])
    func `a key that climbs, is absolute or holds odd characters is not made`(text: String) {
        #expect(throws: StorageError.self) { try StorageKey(text) }
    }

    @Test(arguments: [
        "uploads/shoe.jpg", "generated/1/1:1.jpg", "ZEGNA 2025-26/095T-0121.png", "naïve/絵画.png", "cafe\u{301}.jpg",
        "a/b(1)+@,'!&=~#.png", "a..b",
    ])
    func `ordinary names are keys, and survive a URL`(text: String) throws {
        let key = try StorageKey(text)
        #expect(try StorageKey(percentEncoded: key.percentEncoded) == key)
        #expect(key.percentEncoded.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: " ") })
    }

    @Test(arguments: ["a%2", "a%", "a%zz", "a%+1", "%FF", "%2e%2e/x", "a%2F..%2Fb", "a%00b", "%2Fetc"])
    func `an encoded key is checked after decoding`(text: String) {
        #expect(throws: StorageError.self) { try StorageKey(percentEncoded: text) }
    }
}
