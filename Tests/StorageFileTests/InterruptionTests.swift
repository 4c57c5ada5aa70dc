import AtelierTesting
import Concurrency
import Foundation
import Storage
import StorageFile
import Testing

@Suite struct `Interrupted writes` {
    struct Broken: Error {}

    @Test func `a source that fails leaves nothing, and the old object as it was`() async throws {
        try await withStore { store, root, _ in
            let old = try await store.putText("old", at: "a/b")
            let pieces = Turns()

            await #expect(throws: Broken.self) {
                try await store.put(
                    .stream {
                        guard pieces.isFirst else { throw Broken() }
                        return [1, 2, 3]
                    }, at: "a/b", mediaType: "image/png")
            }
            #expect(try await store.verify("a/b") == old)
            #expect(contents(of: root + "/.incoming").isEmpty)
        }
    }

    @Test func `a cancelled write leaves nothing`() async throws {
        try await withStore { store, root, _ in
            let reached = ShutdownSignal()
            let writing = Task {
                try await store.put(
                    .stream {
                        reached.trigger()
                        try await Task.sleep(for: .seconds(3600))
                        return [1]
                    }, at: "a", mediaType: "image/png")
            }
            await reached.wait()
            #expect(contents(of: root + "/.incoming").count == 1)
            writing.cancel()

            await #expect(throws: CancellationError.self) { try await writing.value }
            #expect(contents(of: root) == [".incoming"])
        }
    }

    @Test func `what a killed program left is never seen, and goes after an hour`() async throws {
        try await withTemporaryFolder { folder in
            let root = folder.file("files")
            let clock = ManualClock(now: Date())
            let first = try await FileStore(root: root, clock: clock)
            try write("half of a picture", to: root + "/.incoming/0123")
            #expect(await first.usage().objects == 0)

            clock.advance(by: .seconds(3000))
            _ = try await FileStore(root: root, clock: clock)
            #expect(contents(of: root) == [".incoming", ".incoming/0123"])

            clock.advance(by: .seconds(1000))
            _ = try await FileStore(root: root, clock: clock)
            #expect(contents(of: root) == [".incoming"])
        }
    }

    @Test func `many writers of one key leave one whole object, and readers never see half of one`() async throws {
        try await withStore { store, root, _ in
            let letters = (0..<24).map { UInt8(ascii: "a") + $0 }
            _ = try await store.put(
                .bytes([UInt8](repeating: 0x61, count: 1000)), at: "one/key", mediaType: "text/plain")

            _ = try await letters.concurrentMap(atMost: 12) { letter in
                let bytes = [UInt8](repeating: letter, count: 1000 * Int(letter))
                _ = try await store.put(.bytes(bytes), at: "one/key", mediaType: "text/plain")
                let seen = try await store.bytes(of: "one/key")
                #expect(Set(seen).count == 1)
                #expect(seen.count == 1000 * Int(seen[0]) || seen.count == 1000)
            }
            _ = try await store.verify("one/key")
            #expect(contents(of: root) == [".incoming", "one", "one/key"])
        }
    }

    @Test func `storing wins over removing the same folder, every time`() async throws {
        try await withStore { store, _, _ in
            for round in 0..<50 {
                async let removal = store.deleteAll(under: "g/7")
                let key = try StorageKey("g/7/deep/\(round)")
                _ = try await store.putText("x", at: key)
                _ = try await removal
                // Either it was stored after the removal, or removed by it; never an error in between.
                _ = try await store.deleteAll(under: "g")
            }
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a file system"))
    func `a full disk is told as such, keeps what was there and leaves nothing half-written`() async throws {
        let disk = try SmallDisk(megabytes: 2)
        let root = disk.path + "/files"
        let store = try await FileStore(root: root)
        let old = try await store.putText("old", at: "a")

        await #expect(throws: StorageError.full) {
            try await store.put(.bytes([UInt8](repeating: 1, count: 4 << 20)), at: "a", mediaType: "image/png")
        }
        await #expect(throws: StorageError.full) {
            try await store.put(
                .stream { [UInt8](repeating: 1, count: 100_000) }, at: "new/folder/b", mediaType: "image/png")
        }

        #expect(try await store.verify("a").sha256 == old.sha256)
        #expect(contents(of: root).filter { $0.hasPrefix(".incoming/") }.isEmpty)
        _ = try await store.put(.bytes([UInt8](repeating: 1, count: 1 << 20)), at: "c", mediaType: "image/png")
    }

    @Test func `a file size limit is told as a full store`() async {
        // In a process of its own, since the limit holds for all of it.
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try await withStore { store, root, _ in
                do {
                    _ = try await store.put(.bytes([UInt8](repeating: 1, count: 2 << 20)), at: "a", mediaType: "x/y")
                    exit(EXIT_FAILURE)
                } catch StorageError.full {
                    if !contents(of: root + "/.incoming").isEmpty { exit(EXIT_FAILURE) }
                }
            }
        }
    }
}

private final class Turns: Sendable {
    private let count = Locked(0)
    var isFirst: Bool {
        count.withLock { count in
            count += 1
            return count == 1
        }
    }
}
