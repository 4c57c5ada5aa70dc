import AtelierTesting
import Concurrency
import Cryptography
import Foundation
import Storage
import StorageFile
import Testing

@Suite struct `The file store` {
    @Test(arguments: Walk.allCases)
    func `gives back what was stored, with its checksum, size and type`(walk: Walk) async throws {
        try await withStore(walk) { store, root, _ in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
            let key: StorageKey = "generated/7/1:1 é.jpg"

            let asset = try await store.put(.bytes(bytes), at: key, mediaType: "image/jpeg")

            #expect(asset.sha256 == SHA256.hash(bytes).hex)
            #expect(asset.byteCount == 300_000)
            #expect(try await store.describe(key) == asset)
            #expect(try await store.open(key).asset == asset)
            #expect(try await store.bytes(of: key) == bytes)
            #expect(try await store.verify(key) == asset)
            #expect(FileManager.default.fileExists(atPath: root + "/generated/7/1:1 é.jpg"))
        }
    }

    @Test func `stores nothing as an object of no bytes`() async throws {
        try await withStore { store, _, _ in
            let asset = try await store.put(.bytes([]), at: "empty", mediaType: "text/plain")
            #expect(asset.byteCount == 0)
            #expect(try await store.describe("empty") == asset)
            #expect(try await store.bytes(of: "empty").isEmpty)
        }
    }

    @Test func `replaces an object, and whoever reads the old one keeps it`() async throws {
        try await withStore { store, _, _ in
            _ = try await store.putText("old", at: "a/b")
            let old = try await store.open("a/b")
            _ = try await store.putText("newer", at: "a/b")

            let handle = FileHandle(fileDescriptor: old.descriptor, closeOnDealloc: false)
            #expect(try handle.readToEnd() == Data("old".utf8))
            #expect(try await store.bytes(of: "a/b") == Array("newer".utf8))
        }
    }

    @Test func `copies a file, or takes it over when it may`() async throws {
        try await withStore { store, root, folder in
            try write("kept", to: folder.file("kept"))
            try write("moved", to: folder.file("moved"))

            let copy = try await store.put(
                .file(path: folder.file("kept"), moving: false), at: "a", mediaType: "text/plain")
            let move = try await store.put(
                .file(path: folder.file("moved"), moving: true), at: "b", mediaType: "text/plain")

            #expect(copy.sha256 == SHA256.hash("kept".utf8).hex)
            #expect(move.sha256 == SHA256.hash("moved".utf8).hex)
            #expect(try await store.verify("b") == move)
            #expect(FileManager.default.fileExists(atPath: folder.file("kept")))
            #expect(!FileManager.default.fileExists(atPath: folder.file("moved")))
            #expect(contents(of: root) == [".incoming", "a", "b"])
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a file system"))
    func `takes a file over from another file system too`() async throws {
        try await withStore { store, _, _ in
            let disk = try SmallDisk(megabytes: 1)
            try write("far", to: disk.path + "/far")

            _ = try await store.put(.file(path: disk.path + "/far", moving: true), at: "a", mediaType: "text/plain")

            #expect(try await store.bytes(of: "a") == Array("far".utf8))
            #expect(!FileManager.default.fileExists(atPath: disk.path + "/far"))
        }
    }

    @Test func `writes a stream to the disk piece by piece and never holds it`() async throws {
        try await withStore { store, root, _ in
            let piece = [UInt8](repeating: 0xAB, count: 1 << 20)
            let pieces = Numbers(0)

            let asset = try await store.put(
                .stream {
                    let index = pieces.next()
                    // Everything handed over before is in the file by the time the next piece is asked for.
                    let size = try incomingSize(root)
                    #expect(size == index << 20)
                    return index < 50 ? piece : nil
                }, at: "large", mediaType: "image/png")

            #expect(asset.byteCount == 50 << 20)
            #expect(try await store.verify("large") == asset)
        }
    }

    @Test func `removes one object, and nothing is fine too`() async throws {
        try await withStore { store, root, _ in
            _ = try await store.putText("x", at: "generated/7/a")
            try await store.delete("generated/7/a")
            try await store.delete("generated/7/a")
            try await store.delete("never/was/there")

            await #expect(throws: StorageError.notFound("generated/7/a")) { try await store.describe("generated/7/a") }
            #expect(contents(of: root) == [".incoming", "generated"])
        }
    }

    @Test(arguments: Walk.allCases)
    func `removes what is below a prefix and nothing beside it`(walk: Walk) async throws {
        try await withStore(walk) { store, root, _ in
            for key: StorageKey in ["g/7/a", "g/7/b/c", "g/7/b/d", "g/70", "g/7.jpg", "h/7/a"] {
                _ = try await store.putText("x", at: key)
            }
            #expect(try await store.deleteAll(under: "g/7") == 3)
            #expect(try await store.deleteAll(under: "g/7") == 0)
            #expect(contents(of: root) == [".incoming", "g", "g/7.jpg", "g/70", "h", "h/7", "h/7/a"])
        }
    }

    @Test func `tells type and checksum of files that people put there`() async throws {
        try await withStore { store, root, _ in
            try FileManager.default.createDirectory(atPath: root + "/uploads", withIntermediateDirectories: true)
            let path = URL(fileURLWithPath: root + "/uploads/shoe.dat")
            let picture = Data([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 1, count: 100))
            try picture.write(to: path)

            let asset = try await store.describe("uploads/shoe.dat")
            #expect(asset.mediaType == "image/jpeg")
            #expect(asset.byteCount == 104)
            #expect(asset.sha256 == SHA256.hash(picture).hex)

            try Data("no picture".utf8).write(to: path)
            let changed = try await store.describe("uploads/shoe.dat")
            #expect(changed.mediaType == "application/octet-stream")
            #expect(changed.sha256 == SHA256.hash("no picture".utf8).hex)
        }
    }

    @Test func `notices a single changed bit, and a changed size at once`() async throws {
        try await withStore { store, root, _ in
            _ = try await store.putText("a picture", at: "a")
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: root + "/a"))
            try file.seek(toOffset: 4)
            try file.write(contentsOf: Data([UInt8(ascii: "i") ^ 1]))
            await #expect(throws: StorageError.corrupt("a")) { try await store.verify("a") }

            try file.truncate(atOffset: 3)
            try file.close()
            await #expect(throws: StorageError.corrupt("a")) { try await store.open("a") }
        }
    }

    @Test func `counts what it holds, at most once a minute anew`() async throws {
        let clock = ManualClock()
        try await withStore(clock: clock) { store, root, _ in
            _ = try await store.putText("12345", at: "a")
            var usage = await store.usage()
            #expect((usage.objects, usage.bytes) == (1, 5))
            #expect(usage.freeBytes ?? 0 > 0)

            _ = try await store.putText("123", at: "b")
            _ = try await store.putText("1", at: "a")
            try await store.delete("b")
            try write("by hand", to: root + "/uploads/c")
            usage = await store.usage()
            #expect((usage.objects, usage.bytes) == (1, 1))

            clock.advance(by: .seconds(61))
            usage = await store.usage()
            #expect((usage.objects, usage.bytes) == (2, 8))
        }
    }
}

private func incomingSize(_ root: String) throws -> Int {
    let names = try FileManager.default.contentsOfDirectory(atPath: root + "/.incoming")
    let attributes = try FileManager.default.attributesOfItem(
        atPath: root + "/.incoming/" + (try #require(names.first)))
    return try #require(attributes[.size] as? Int)
}

private final class Numbers: Sendable {
    private let value: Locked<Int>
    init(_ start: Int) { value = Locked(start) }
    func next() -> Int {
        value.withLock { value in
            defer { value += 1 }
            return value
        }
    }
}
