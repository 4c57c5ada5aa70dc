import Testing

@testable import Imaging

@Suite struct `Metadata` {
    private static let secrets = [EXIF.serialNumber, EXIF.place, "OWNER-NAME", "PHOTO-COMMENT", "PHOTOSHOP-CAPTION"]

    /// A photograph that says who took it, with what and where.
    private func photo(_ engine: ImageEngine) async throws -> [UInt8] {
        var file = try await engine.encode(.waves(width: 300, height: 200), as: .jpeg(quality: 90)).bytes
        let xmp = Array("http://ns.adobe.com/xap/1.0/".utf8) + [0] + Array("<x:xmpmeta>OWNER-NAME</x:xmpmeta>".utf8)
        let photoshop =
            Array("Photoshop 3.0".utf8) + [0] + Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, 22, 0x1C, 2, 0x78, 0, 17]
            + Array("PHOTOSHOP-CAPTION".utf8)
        file = JPEGSurgery.inserting(marker: 0xFE, Array("PHOTO-COMMENT".utf8), into: file)
        file = JPEGSurgery.inserting(marker: 0xED, photoshop, into: file)
        file = JPEGSurgery.inserting(marker: 0xE1, xmp, into: file)
        return JPEGSurgery.inserting(marker: 0xE1, EXIF.segment(orientation: 6), into: file)
    }

    @Test(arguments: [Encoding.jpeg(quality: 95), .png, .webp(quality: 90)])
    func `nothing of the owner, the camera or the place is in a result`(encoding: Encoding) async throws {
        let engine = try TestEngine.make()
        let file = try await photo(engine)
        for secret in Self.secrets { #expect(contains(file, secret)) }

        let result = try await engine.render(
            [Variation(ratio: .square, size: PixelSize(width: 90, height: 90), encoding: encoding)], from: .bytes(file))

        for secret in Self.secrets + ["GPS"] { #expect(!contains(result[0].bytes, secret), "\(secret)") }
    }

    @Test func `a JPEG result has a colour profile and no other segment for metadata`() async throws {
        let engine = try TestEngine.make()

        let result = try await engine.render([Variation(ratio: .square)], from: .bytes(photo(engine)))

        let extra = JPEGSurgery.segments(of: result[0].bytes).map(\.marker).filter { $0 >= 0xE0 }
        // Before 8.15 libvips writes an EXIF segment of its own, with the resolution.
        let isOld = engine.version.hasPrefix("8.14")
        #expect(Set(extra).isSubset(of: isOld ? [0xE0, 0xE1, 0xE2] : [0xE0, 0xE2]))
    }

    @Test func `a JPEG at quality 95 keeps colour at full resolution`() async throws {
        let engine = try TestEngine.make()

        let result = try await engine.render([Variation(ratio: .square)], from: .bytes(photo(engine)))

        let frame = try #require(JPEGSurgery.segments(of: result[0].bytes).first { $0.marker == 0xC0 })
        let sampling = (0..<3).map { frame.payload[frame.payload.startIndex + 7 + $0 * 3] }
        #expect(sampling == [0x11, 0x11, 0x11])
    }

    private func contains(_ file: [UInt8], _ text: String) -> Bool {
        let mark = Array(text.utf8)
        return file.indices.contains { file[$0] == mark[0] && file[$0...].starts(with: mark) }
    }
}

@Suite struct `Provenance marks` {
    private static let encodings = [Encoding.jpeg(quality: 95), .png, .webp(quality: 90)]

    @Test(arguments: encodings, Provenance.SourceType.allCases)
    func `a mark is read back from every format`(encoding: Encoding, type: Provenance.SourceType) async throws {
        let engine = try TestEngine.make()
        let mark = Provenance(sourceType: type, creatorTool: "A <b> & \"c\" — ü")

        let file = try await engine.encode(.quarters, as: encoding, provenance: mark)

        #expect(try await engine.inspect(.bytes(file.bytes)).provenance == mark)
    }

    @Test(arguments: encodings)
    func `a mark of the source is carried into its variations`(encoding: Encoding) async throws {
        let engine = try TestEngine.make()
        let mark = Provenance(sourceType: .algorithmicMedia, creatorTool: "Procedural generator")
        let source = try await engine.encode(.quarters, as: .png, provenance: mark)

        let result = try await engine.render(
            [Variation(ratio: .portrait, encoding: encoding)], from: .bytes(source.bytes))

        #expect(try await engine.inspect(.bytes(result[0].bytes)).provenance == mark)
    }

    @Test func `a mark that is given replaces the one of the source`() async throws {
        let engine = try TestEngine.make()
        let source = try await engine.encode(
            .quarters, as: .png, provenance: Provenance(sourceType: .trainedAlgorithmicMedia))
        let mark = Provenance(sourceType: .compositeWithTrainedAlgorithmicMedia)

        let result = try await engine.render(
            [Variation(ratio: .square)], from: .bytes(source.bytes), provenance: mark)

        #expect(try await engine.inspect(.bytes(result[0].bytes)).provenance == mark)
    }

    @Test func `a picture without a mark gets none`() async throws {
        let engine = try TestEngine.make()
        let source = try await engine.encode(.quarters, as: .png)

        let result = try await engine.render([Variation(ratio: .square)], from: .bytes(source.bytes))

        #expect(try await engine.inspect(.bytes(result[0].bytes)).provenance == nil)
    }

    @Test func `a mark written as elements by another program is read`() throws {
        let packet = """
            <rdf:Description><Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/\
            trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType><xmp:CreatorTool>Other &amp;lt; tool\
            </xmp:CreatorTool></rdf:Description>
            """

        let mark = try #require(Provenance(xmpPacket: Array(packet.utf8)))

        #expect(mark == Provenance(sourceType: .trainedAlgorithmicMedia, creatorTool: "Other &lt; tool"))
    }

    @Test(arguments: [
        "", "Iptc4xmpExt:DigitalSourceType=\"", "Iptc4xmpExt:DigitalSourceType=\"x/digitalCapture\"",
        "<Iptc4xmpExt:DigitalSourceType>", "Iptc4xmpExt:DigitalSourceType=\"////\"",
    ])
    func `a packet without a known mark gives none`(packet: String) {
        #expect(Provenance(xmpPacket: Array(packet.utf8)) == nil)
    }

    @Test func `a long name is cut and control characters are left out`() throws {
        let mark = Provenance(
            sourceType: .algorithmicMedia, creatorTool: "a\u{0}\n" + String(repeating: "b", count: 500))

        let read = try #require(Provenance(xmpPacket: mark.xmpPacket))

        #expect(read.creatorTool == "a" + String(repeating: "b", count: 197))
    }
}
