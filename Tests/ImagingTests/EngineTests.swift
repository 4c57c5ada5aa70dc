import Concurrency
import Foundation
import Testing

@testable import Imaging

@Suite struct `The engine` {
    private static let three = [AspectRatio.square, .portrait, .landscape]

    @Test func `three variations come in their order, with their exact sizes`() async throws {
        let engine = try TestEngine.make()
        let file = try await engine.encode(.waves(width: 800, height: 600), as: .jpeg(quality: 92))

        let results = try await engine.render(Self.three.map { Variation(ratio: $0) }, from: .bytes(file.bytes))

        #expect(results.map(\.size.description) == ["1080x1080", "1080x1920", "1920x1080"])
        for result in results {
            #expect(result.mediaType == "image/jpeg")
            #expect(try await engine.inspect(.bytes(result.bytes)).size == result.size)
        }
    }

    @Test func `the same source gives the same bytes again`() async throws {
        let engine = try TestEngine.make()
        let file = try await engine.encode(.waves(width: 400, height: 300), as: .jpeg(quality: 92))
        let variations = Self.three.map { Variation(ratio: $0, size: $0.size(shortSide: 90)) }

        let once = try await engine.render(variations, from: .bytes(file.bytes))
        let again = try await engine.render(variations, from: .bytes(file.bytes))

        #expect(once == again)
    }

    @Test func `a file that was rewritten under its name gives the new picture`() async throws {
        let engine = try TestEngine.make()
        let folder = try ScratchFolder()
        let dark = try await engine.encode(Bitmap(size: PixelSize(width: 8, height: 8), channels: 3), as: .png)
        let light = try await engine.encode(
            Bitmap(size: PixelSize(width: 8, height: 8), channels: 3, filledWith: 255), as: .png)

        let path = try folder.write(dark.bytes, as: "a.png")
        let first = try await engine.decode(.path(path))
        _ = try folder.write(light.bytes, as: "a.png")
        let second = try await engine.decode(.path(path))

        #expect(first.pixels.allSatisfy { $0 == 0 })
        #expect(second.pixels.allSatisfy { $0 == 255 })
    }

    @Test func `eight pictures at once come out as they do one by one`() async throws {
        let engine = try TestEngine.make(threads: 3)
        let variations = Self.three.map { Variation(ratio: $0, size: $0.size(shortSide: 90)) }
        var files: [[UInt8]] = []
        for seed in 1...8 {
            let bitmap = Bitmap.waves(width: 500, height: 400, seed: UInt64(seed))
            files.append(try await engine.encode(bitmap, as: .jpeg(quality: 92)).bytes)
        }

        let together = try await files.concurrentMap(atMost: 8) {
            try await engine.render(variations, from: .bytes($0))
        }

        for (file, results) in zip(files, together) {
            #expect(try await engine.render(variations, from: .bytes(file)) == results)
        }
    }

    @Test func `a cancelled task gets its answer and leaves the threads free`() async throws {
        let engine = try TestEngine.make(threads: 1)
        let file = try await engine.encode(.waves(width: 1500, height: 1000), as: .jpeg(quality: 92)).bytes
        let variations = (0..<200).map { _ in Variation(ratio: .landscape) }

        let task = Task { try await engine.render(variations, from: .bytes(file)) }
        task.cancel()

        await #expect(throws: ImageError.cancelled) { try await task.value }
        #expect(try await engine.inspect(.bytes(file)).size.width == 1500)
    }

    @Test func `pixel work that runs is stopped by cancelling`() async throws {
        let engine = try TestEngine.make(threads: 1)
        let file = try await engine.encode(.waves(width: 1500, height: 1000), as: .png).bytes
        let library = try VipsLibrary.open(TestEngine.location)
        let threads = WorkerThreads(name: "cancel", count: 1)
        let started = AsyncStream.makeStream(of: Void.self)

        // A blur that takes far longer than a test may: only a stop ends it.
        let task = Task {
            try await threads.run { () throws(ImageError) in
                let watch = JobWatch(limit: .seconds(600), in: library)
                return try withExtendedLifetime(watch) { () throws(ImageError) in
                    let source = try SourcePicture(.bytes(file), limits: ImageLimits(), watch: watch, in: library)
                    let decoded = try source.decoded(flattened: true, watch: watch)
                    watch.watch(decoded)
                    started.continuation.yield()
                    return try watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in
                        try decoded.applying("resize", ["scale": 8, "kernel": .nick("lanczos3")])
                            .applying("gaussblur", ["sigma": 80, "precision": .nick("float")]).pixels().count
                    }
                }
            }
        }
        for await _ in started.stream { break }
        task.cancel()

        await #expect(throws: ImageError.cancelled) { try await task.value }
    }

    @Test func `a job that takes longer than its deadline is ended`() async throws {
        let engine = try TestEngine.make(limits: ImageLimits(deadline: .nanoseconds(1)))
        let file = try await TestEngine.make().encode(.waves(width: 300, height: 200), as: .png)

        await #expect(throws: ImageError.deadlineExceeded(.nanoseconds(1))) {
            try await engine.render([Variation(ratio: .square)], from: .bytes(file.bytes))
        }
    }

    @Test func `a library that is not there is reported with its place, to the operator only`() throws {
        let error = try #require(throws: ImageError.self) {
            try ImageEngine(library: LibraryLocation(file: "/none/libvips.so.42"), threads: 1)
        }

        #expect(error.isRetryable)
        #expect(error.diagnosis.contains("/none/libvips.so.42"))
        #expect(!"\(error)".contains("/none"))
    }

    @Test func `libraries in a folder come before the system's, and a named file stands alone`() throws {
        let folder = try ScratchFolder()
        for name in ["libvips.so.42", "libvips-cpp.so.42", "readme.txt"] { _ = try folder.write([0], as: name) }

        #expect(
            LibraryLocation(folders: ["/none", folder.path]).candidates
                == ["\(folder.path)/libvips.so.42", "libvips.so.42"])
        #expect(LibraryLocation(file: "/a.so", folders: [folder.path]).candidates == ["/a.so"])
    }

    @Test(arguments: [
        Variation(ratio: .square, encoding: .jpeg(quality: 0)),
        Variation(ratio: .square, encoding: .webp(quality: 101)),
        Variation(ratio: .square, size: PixelSize(width: 0, height: 10)),
        Variation(ratio: .square, size: PixelSize(width: 16_385, height: 10)),
        Variation(ratio: .square, size: PixelSize(width: 10_000, height: 10_000)),
    ])
    func `a variation that cannot be made is refused before the file is read`(variation: Variation) async throws {
        let engine = try TestEngine.make()

        let error = await #expect(throws: ImageError.self) {
            try await engine.render([variation], from: .path("/none"))
        }

        #expect(error?.kind == "image_invalid_request")
    }
}
