import Foundation
import Testing

@testable import Imaging

@Suite struct `Hostile files` {
    /// Every way in refuses a file in the same way.
    private func expect(
        _ error: ImageError, for file: ImageFile, limits: ImageLimits = ImageLimits(), inHeader: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let engine = try TestEngine.make(limits: limits)
        if inHeader {
            await #expect(throws: error, sourceLocation: sourceLocation) { try await engine.inspect(file) }
        }
        await #expect(throws: error, sourceLocation: sourceLocation) { try await engine.decode(file) }
        await #expect(throws: error, sourceLocation: sourceLocation) {
            try await engine.render([Variation(ratio: .square)], from: file)
        }
    }

    private func jpeg(width: Int = 400, height: Int = 300) async throws -> [UInt8] {
        try await TestEngine.make().encode(.waves(width: width, height: height), as: .jpeg(quality: 90)).bytes
    }

    @Test func `an empty file`() async throws {
        try await expect(.empty, for: .bytes([]))
    }

    @Test func `text named as a picture`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Array("just words".utf8), as: "photo.jpg")

        try await expect(.unsupportedFormat(found: nil), for: .path(path))
    }

    @Test func `a drawing with a script, named as a picture`() async throws {
        let svg = Array("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".utf8)
        let folder = try ScratchFolder()

        try await expect(
            .unsupportedFormat(found: "an SVG or XML file"), for: .path(try folder.write(svg, as: "poly.jpg")))
    }

    @Test func `a PNG named as a JPEG is judged by its content`() async throws {
        let engine = try TestEngine.make()
        let png = try await engine.encode(.quarters, as: .png).bytes
        let folder = try ScratchFolder()

        let facts = try await engine.inspect(.path(try folder.write(png, as: "photo.jpg")))

        #expect(facts.format == .png)
        #expect(facts.size == Bitmap.quarters.size)
    }

    @Test(arguments: [(65_535, 65_535), (65_535, 1), (1, 65_535), (16_385, 100), (7_100, 7_100)])
    func `a JPEG that claims a giant size`(width: Int, height: Int) async throws {
        let giant = JPEGSurgery.claiming(width: width, height: height, in: try await jpeg())

        try await expect(
            .tooManyPixels(
                PixelSize(width: width, height: height), pixelLimit: 50_000_000, sideLimit: 16_384),
            for: .bytes(giant))
    }

    @Test func `a JPEG whose pixels cannot be in so few bytes`() async throws {
        let stretched = JPEGSurgery.claiming(width: 4000, height: 4000, in: try await jpeg(width: 80, height: 60))

        try await expect(.damaged(.jpeg), for: .bytes(stretched))
    }

    @Test func `a PNG that would unfold to gigabytes`() async throws {
        let row = [UInt8](repeating: 0, count: 4096)
        let bomb = PNGWriter.file(width: 30_000, height: 30_000, rows: [row])

        try await expect(
            .tooManyPixels(
                PixelSize(width: 30_000, height: 30_000), pixelLimit: 50_000_000, sideLimit: 16_384),
            for: .bytes(bomb))
    }

    @Test func `a PNG of no width`() async throws {
        let file = PNGWriter.file(width: 0, height: 10, rows: [[0]])

        try await expect(.damaged(.png), for: .bytes(file))
    }

    @Test func `a PNG with fewer pixels than its header says`() async throws {
        let file = PNGWriter.file(width: 500, height: 500, rows: [[UInt8](repeating: 0, count: 1501)])

        try await expect(.damaged(.png), for: .bytes(file), inHeader: false)
    }

    @Test(arguments: [0.3, 0.6, 0.9, 0.99])
    func `a JPEG that is cut off`(share: Double) async throws {
        let whole = try await jpeg()
        let cut = Array(whole.prefix(Int(Double(whole.count) * share)))

        try await expect(.damaged(.jpeg), for: .bytes(cut), inHeader: false)
    }

    @Test(arguments: [ImageFormat.png, .webp], [0.5, 0.95])
    func `another file that is cut off`(format: ImageFormat, share: Double) async throws {
        let engine = try TestEngine.make()
        let whole = try await engine.encode(
            .waves(width: 300, height: 200), as: format == .png ? .png : .webp(quality: 90)
        ).bytes
        let cut = Array(whole.prefix(Int(Double(whole.count) * share)))

        try await expect(.damaged(format), for: .bytes(cut), inHeader: false)
    }

    @Test(arguments: [2, 3, 4, 20, 100])
    func `hardly more than the first bytes of a JPEG`(count: Int) async throws {
        let start = Array(try await jpeg().prefix(count))

        try await expect(count < 3 ? .unsupportedFormat(found: nil) : .damaged(.jpeg), for: .bytes(start))
    }

    @Test func `noise behind the first bytes of each format`() async throws {
        var random = SeededRandom(seed: 11)
        for (start, format) in [
            ([0xFF, 0xD8, 0xFF], ImageFormat.jpeg), (PNGWriter.signature, .png),
            (Array("RIFF0000WEBPVP8 ".utf8), .webp),
        ] {
            let noise = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
            try await expect(.damaged(format), for: .bytes(start + noise))
        }
    }

    @Test func `an animated PNG and WebP`() async throws {
        let control = PNGWriter.chunk("acTL", PNGWriter.bigEndian32(12) + PNGWriter.bigEndian32(0))
        let png = PNGWriter.file(width: 1, height: 1, extra: control, rows: [[0, 1, 2, 3]])

        try await expect(.animated(.png, frameCount: 12), for: .bytes(png))
        try await expect(.animated(.webp, frameCount: 3), for: .bytes(WebPWriter.animation(frames: 3)))
    }

    @Test func `a GIF`() async throws {
        try await expect(.unsupportedFormat(found: "a GIF"), for: .bytes(Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]))
    }

    @Test func `a progressive JPEG of endless scans`() async throws {
        let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x2A]
        let frame: [UInt8] = [0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8, 0, 99, 0, 99, 1, 1, 0x11, 0]
        let file: [UInt8] = frame + [[UInt8]](repeating: scan, count: 101).joined()

        try await expect(.tooManyScans(limit: 100), for: .bytes(file + [0xFF, 0xD9]))
    }

    @Test func `a file longer than the limit is refused before it is read`() async throws {
        let file = try await jpeg()
        let limits = ImageLimits(byteCount: file.count - 1)
        let folder = try ScratchFolder()
        let path = try folder.write(file, as: "photo.jpg")

        let refusal = ImageError.tooManyBytes(byteCount: file.count, limit: file.count - 1)
        try await expect(refusal, for: .bytes(file), limits: limits)
        try await expect(refusal, for: .path(path), limits: limits)
    }

    @Test func `what is no plain file, or is gone`() async throws {
        let folder = try ScratchFolder()
        #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)

        for path in [folder.path, "\(folder.path)/none.jpg", "\(folder.path)/pipe", "/dev/zero", ""] {
            try await expect(.unreadableFile, for: .path(path))
        }
    }

    @Test func `a header behind a long preview is found`() async throws {
        let engine = try TestEngine.make()
        var file = try await jpeg()
        for _ in 0..<30 {
            file = JPEGSurgery.inserting(marker: 0xEF, [UInt8](repeating: 0xFF, count: 65_000), into: file)
        }
        let folder = try ScratchFolder()

        let facts = try await engine.inspect(.path(try folder.write(file, as: "photo.jpg")))

        #expect(facts.size == PixelSize(width: 400, height: 300))
        #expect(facts.byteCount == file.count)
    }

    @Test func `an option of libvips at the end of a name is part of the name`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(try await jpeg(), as: "photo.jpg")

        try await expect(.unreadableFile, for: .path(path + "[shrink=8]"))
    }

    @Test func `no message tells of the host or its library`() async throws {
        let errors: [ImageError] = [
            .libraryUnavailable(reason: "/usr/lib/secret.so"), .unreadableFile, .empty,
            .tooManyBytes(byteCount: 1, limit: 1), .unsupportedFormat(found: nil), .animated(.webp, frameCount: 2),
            .tooManyPixels(PixelSize(width: 1, height: 1), pixelLimit: 1, sideLimit: 1), .tooManyScans(limit: 1),
            .damaged(nil), .deadlineExceeded(.seconds(3)), .cancelled, .invalidRequest("quality is wrong"),
            .processingFailed(operation: "resize"),
        ]
        for error in errors {
            let message = "\(error)"
            #expect(!message.contains("/") && !message.lowercased().contains("vips"))
            #expect(!message.isEmpty)
        }
        #expect(Set(errors.map(\.kind)).count == errors.count)
    }
}
