import Testing

@testable import Imaging

@Suite struct `File structure` {
    private func inspect(_ bytes: [UInt8]) throws -> ContentInspection {
        try bytes.withUnsafeBytes { try ContentInspection(of: $0, byteCount: bytes.count) }
    }

    @Test func `an animated PNG is told from a still one`() throws {
        let control = PNGWriter.chunk("acTL", PNGWriter.bigEndian32(12) + PNGWriter.bigEndian32(0))
        let row: [UInt8] = [0, 1, 2, 3]

        let animated = PNGWriter.file(width: 1, height: 1, extra: control, rows: [row])
        let still = PNGWriter.file(width: 1, height: 1, rows: [row])

        #expect(try inspect(animated).format == .png)
        #expect(try inspect(animated).frameCount == 12)
        #expect(try inspect(still).frameCount == 1)
    }

    @Test func `an animated WebP is told from a still one`() throws {
        #expect(try inspect(WebPWriter.animation(frames: 3)).frameCount == 3)
        #expect(try inspect(WebPWriter.animation(frames: 1)).frameCount == 1)
    }

    @Test func `the scans of a progressive JPEG are counted past stuffed bytes and restarts`() throws {
        let scan: [UInt8] = [0xFF, 0xDA, 0, 4, 1, 2, 0x11, 0xFF, 0x00, 0xFF, 0xD3, 0x22, 0xFF, 0xFF]
        let file = [0xFF, 0xD8, 0xFF, 0xC2, 0, 3, 8] + scan + scan + scan + [0xFF, 0xD9]

        #expect(try inspect(file).scanCount == 3)
    }

    @Test(arguments: [
        ("GIF89a", "a GIF"), ("%PDF-1.7", "a PDF"), ("<svg xmlns=\"\"/>", "an SVG or XML file"), ("BM000000", "a BMP"),
        ("0000ftypheic", "a HEIC"), ("0000ftypavif", "an AVIF"), ("II*\u{0}0000", "a TIFF or raw camera file"),
    ])
    func `a format that is refused is named`(content: String, name: String) {
        #expect(throws: ImageError.unsupportedFormat(found: name)) { try inspect(Array(content.utf8)) }
    }

    @Test(arguments: ["hello", "RIFF0000WAVE", "\u{0}", "RIFF", "JFIF"])
    func `what is no image is refused without a name`(content: String) {
        #expect(throws: ImageError.unsupportedFormat(found: nil)) { try inspect(Array(content.utf8)) }
    }

    @Test func `no cut of a file leads the readers astray`() throws {
        let control = PNGWriter.chunk("acTL", PNGWriter.bigEndian32(12))
        let files = [
            WebPWriter.animation(frames: 3), PNGWriter.signature + control,
            [0xFF, 0xD8, 0xFF, 0xC2, 0, 3, 8, 0xFF, 0xDA, 0, 4, 1, 2, 0x11, 0xFF, 0x00, 0xFF, 0xD9],
        ]
        for file in files {
            for length in 12..<file.count {
                // Reading beyond the end would trap: the bytes are copied to a buffer of just this length.
                let cut = Array(file.prefix(length))
                #expect(try inspect(cut).frameCount <= 12)
            }
        }
    }

    @Test func `lengths that lie about the file are not followed beyond it`() throws {
        let lying = PNGWriter.signature + [0xFF, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8) + [1, 2, 3]

        #expect(try inspect(lying).frameCount == 1)
    }
}
