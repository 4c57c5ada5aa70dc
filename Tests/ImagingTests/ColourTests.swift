import Testing

@testable import Imaging

/// Tolerances are in levels of 255 for each channel; JPEG at quality 95 and above alone moves a colour by up to 3.
@Suite struct `Colour` {
    /// Both ways to pixels: the whole picture, and through a variation of half its size.
    private func decodings(of file: [UInt8]) async throws -> [Bitmap] {
        let engine = try TestEngine.make()
        let half = Variation(ratio: .square, size: PixelSize(width: 60, height: 40), crop: .centre)
        let rendered = try await engine.render([half], from: .bytes(file))
        return [try await engine.decode(.bytes(file)), try await engine.decode(.bytes(rendered[0].bytes))]
    }

    private func expectQuarters(_ file: [UInt8], _ colours: [[UInt8]], tolerance: Int) async throws {
        for bitmap in try await decodings(of: file) {
            for (colour, expected) in zip(bitmap.quarterColours, colours) {
                #expect(isClose(colour, expected, tolerance: tolerance), "\(colour) for \(expected)")
            }
        }
    }

    private let quarters = [Bitmap.red, Bitmap.green, Bitmap.blue, Bitmap.white]

    @Test func `a picture in Display P3 keeps its colours`() async throws {
        let file = try ColourFixtures.jpeg(.quarters, in: "p3")

        try await expectQuarters(file, quarters, tolerance: 5)
    }

    @Test func `the profile is what keeps them`() async throws {
        let bare = try ColourFixtures.jpeg(.quarters, in: "p3", keepingProfile: false)

        let colours = try await decodings(of: bare)[0].quarterColours

        #expect(!isClose(colours[1], Bitmap.green, tolerance: 20))
    }

    @Test func `a picture in Adobe RGB comes out as its definition says`() async throws {
        let engine = try TestEngine.make()
        let plain = try await engine.encode(.quarters, as: .jpeg(quality: 100)).bytes
        let bare = withoutProfile(plain)
        let file = JPEGSurgery.inserting(
            marker: 0xE2, ColourFixtures.profileSegment(ColourFixtures.adobeRGBProfile), into: bare)

        try await expectQuarters(file, quarters.map(ColourFixtures.sRGB(ofAdobe:)), tolerance: 5)
    }

    @Test func `a CMYK picture with a profile keeps the colours that ink can show`() async throws {
        let colours: [[UInt8]] = [[150, 70, 60], [90, 115, 80], [70, 90, 120], [205, 200, 195]]
        let muted = Bitmap(width: 120, height: 80) { x, y in colours[(y < 40 ? 0 : 2) + (x < 60 ? 0 : 1)] }

        let file = try ColourFixtures.jpeg(muted, in: "cmyk")

        try await expectQuarters(file, colours, tolerance: 8)
    }

    @Test func `a CMYK picture without a profile is read as usual press colours`() async throws {
        let with = try await decodings(of: ColourFixtures.jpeg(.quarters, in: "cmyk"))
        let without = try await decodings(of: ColourFixtures.jpeg(.quarters, in: "cmyk", keepingProfile: false))

        for (one, other) in zip(with, without) {
            #expect(other.channels == 3)
            for (colour, expected) in zip(other.quarterColours, one.quarterColours) {
                #expect(isClose(colour, expected, tolerance: 3))
            }
        }
    }

    @Test(arguments: [
        [UInt8](repeating: 7, count: 300), Array("not a profile".utf8),
        Array(ColourFixtures.adobeRGBProfile.prefix(200)),
    ])
    func `a broken profile is passed over and the picture read as sRGB`(profile: [UInt8]) async throws {
        let engine = try TestEngine.make()
        let plain = withoutProfile(try await engine.encode(.quarters, as: .jpeg(quality: 100)).bytes)
        let file = JPEGSurgery.inserting(marker: 0xE2, ColourFixtures.profileSegment(profile), into: plain)

        try await expectQuarters(file, quarters, tolerance: 5)
    }

    @Test func `a colour profile in a grey picture is passed over`() async throws {
        let engine = try TestEngine.make()
        let grey = Bitmap(width: 120, height: 80, channels: 1) { x, y in
            [y < 40 ? (x < 60 ? 20 : 90) : (x < 60 ? 160 : 230)]
        }
        let plain = try await engine.encode(grey, as: .jpeg(quality: 100)).bytes
        let file = JPEGSurgery.inserting(
            marker: 0xE2, ColourFixtures.profileSegment(ColourFixtures.adobeRGBProfile), into: plain)

        try await expectQuarters(file, [20, 90, 160, 230].map { [$0, $0, $0] }, tolerance: 4)
    }

    @Test func `a grey picture becomes three equal channels`() async throws {
        let engine = try TestEngine.make()
        let grey = Bitmap(width: 120, height: 80, channels: 1) { x, _ in [UInt8(x * 2)] }
        let file = try await engine.encode(grey, as: .png)

        let bitmap = try await engine.decode(.bytes(file.bytes))

        #expect(bitmap.channels == 3)
        #expect(Array(bitmap[100, 40]) == [200, 200, 200])
    }

    @Test(arguments: [(2, 3), (0, 1)] as [(UInt8, Int)])
    func `sixteen bits become eight by their high byte`(colourType: UInt8, channels: Int) async throws {
        func high(_ x: Int, _ y: Int, _ channel: Int) -> UInt8 { UInt8((x * 2 + channel * 5 + y) % 256) }
        var rows: [[UInt8]] = []
        for y in 0..<80 {
            var row: [UInt8] = [0]
            for x in 0..<120 { for channel in 0..<channels { row += [high(x, y, channel), 0x7F] } }
            rows.append(row)
        }
        let file = PNGWriter.file(width: 120, height: 80, depth: 16, colourType: colourType, rows: rows)

        let bitmap = try await decodings(of: file)[0]

        #expect(bitmap.channels == 3)
        for (x, y) in [(0, 0), (40, 10), (110, 70)] {
            let expected = [0, 1, 2].map { high(x, y, $0 % channels) }
            #expect(Array(bitmap[x, y]) == expected)
        }
    }

    @Test func `a result carries a small sRGB profile`() async throws {
        let engine = try TestEngine.make()
        let file = try ColourFixtures.jpeg(.quarters, in: "p3")

        let result = try await engine.render([Variation(ratio: .square)], from: .bytes(file))[0]

        #expect(try await engine.inspect(.bytes(result.bytes)).hasProfile)
        let profiles = JPEGSurgery.segments(of: result.bytes).filter { $0.marker == 0xE2 }
        #expect(profiles.count == 1)
        #expect(profiles.allSatisfy { $0.payload.count < 8192 })
    }

    private func withoutProfile(_ file: [UInt8]) -> [UInt8] {
        guard let segment = JPEGSurgery.segments(of: file).first(where: { $0.marker == 0xE2 }) else { return file }
        return Array(file[..<(segment.payload.startIndex - 4)] + file[segment.payload.endIndex...])
    }
}

@Suite struct `Colour profiles` {
    private func isSRGB(_ profile: [UInt8]) -> Bool {
        profile.withUnsafeBytes { ColourProfile($0)?.isSRGB ?? false }
    }

    @Test func `sRGB is known by its colours and curve`() {
        let primaries = ColourFixtures.sRGBPrimaries

        #expect(isSRGB(ColourFixtures.profile(primaries: primaries, curve: ColourFixtures.sRGBFormula)))
        #expect(isSRGB(ColourFixtures.profile(primaries: primaries, curve: ColourFixtures.sRGBTable)))
    }

    @Test func `the profile written into results is known as sRGB`() async throws {
        let engine = try TestEngine.make()
        let file = try await engine.encode(.quarters, as: .jpeg(quality: 95))
        let segment = try #require(JPEGSurgery.segments(of: file.bytes).first { $0.marker == 0xE2 })

        #expect(isSRGB(Array(segment.payload.dropFirst(14))))
    }

    @Test func `other colours or another curve are not sRGB`() {
        let linear: [UInt8] = Array("curv".utf8) + [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0xFF, 0xFF]

        #expect(!isSRGB(ColourFixtures.adobeRGBProfile))
        #expect(!isSRGB(ColourFixtures.profile(primaries: ColourFixtures.sRGBPrimaries, curve: linear)))
    }

    @Test func `no cut and no changed byte of a profile leads the reader astray`() {
        let whole = ColourFixtures.profile(
            primaries: ColourFixtures.sRGBPrimaries, curve: ColourFixtures.sRGBFormula)
        var random = SeededRandom(seed: 5)

        for length in 0..<whole.count { #expect(!isSRGB(Array(whole.prefix(length))) || length > whole.count - 4) }
        for _ in 0..<2000 {
            var changed = whole
            for _ in 0..<4 {
                changed[.random(in: 0..<whole.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            // Any answer will do; reading outside the bytes would trap.
            _ = isSRGB(changed)
        }
    }
}

@Suite struct `Alpha` {
    /// A white disc on transparent black: where colours and alpha are mixed wrongly, its rim turns dark.
    private static let disc = Bitmap(width: 200, height: 200, channels: 4) { x, y in
        let isInside = (x - 100) * (x - 100) + (y - 100) * (y - 100) < 6400
        return isInside ? [250, 250, 250, 255] : [0, 0, 0, 0]
    }

    @Test(arguments: [ImageFormat.png, .webp])
    func `a variation lies on white without a dark rim`(format: ImageFormat) async throws {
        let engine = try TestEngine.make()
        let file = try await engine.encode(Self.disc, as: format == .png ? .png : .webp(quality: 95))
        let variation = Variation(ratio: .square, size: PixelSize(width: 46, height: 46), encoding: .png)

        let result = try await engine.render([variation], from: .bytes(file.bytes))[0]
        let bitmap = try await engine.decode(.bytes(result.bytes))

        #expect(bitmap.channels == 3)
        #expect(Array(bitmap[0, 0]) == [255, 255, 255])
        let darkest = bitmap.pixels.min() ?? 0
        #expect(darkest >= 244)
    }

    @Test func `a bitmap with alpha written as JPEG lies on white`() async throws {
        let engine = try TestEngine.make()

        let file = try await engine.encode(Self.disc, as: .jpeg(quality: 95))
        let bitmap = try await engine.decode(.bytes(file.bytes))

        #expect(isClose(Array(bitmap[3, 3]), [255, 255, 255], tolerance: 2))
    }

    @Test func `alpha survives writing and reading a PNG`() async throws {
        let engine = try TestEngine.make()
        let bitmap = Bitmap(width: 16, height: 4, channels: 4) { x, y in
            [UInt8(x * 10), UInt8(y * 50), 7, UInt8(x * 17)]
        }

        let file = try await engine.encode(bitmap, as: .png)

        #expect(try await engine.decode(.bytes(file.bytes)) == bitmap)
        #expect(try await engine.inspect(.bytes(file.bytes)).hasAlpha)
    }
}
