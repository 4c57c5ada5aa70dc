import Testing

@testable import Imaging

@Suite struct `Turning upright` {
    /// The four quarters as stored, for a picture that shows red, green, blue and white when turned upright.
    private func stored(for orientation: Int) -> Bitmap {
        let shown = Bitmap.quarters
        let size = orientation >= 5 ? shown.size.transposed : shown.size
        let (right, bottom) = (size.width - 1, size.height - 1)
        return Bitmap(width: size.width, height: size.height) { x, y in
            let (u, v) =
                switch orientation {
                case 1: (x, y)
                case 2: (right - x, y)
                case 3: (right - x, bottom - y)
                case 4: (x, bottom - y)
                case 5: (y, x)
                case 6: (bottom - y, x)
                case 7: (bottom - y, right - x)
                default: (y, right - x)
                }
            return Array(shown[u, v])
        }
    }

    private func file(orientation: Int, _ engine: ImageEngine) async throws -> ImageFile {
        let plain = try await engine.encode(stored(for: orientation), as: .jpeg(quality: 95))
        return .bytes(
            JPEGSurgery.inserting(marker: 0xE1, EXIF.segment(orientation: orientation), into: plain.bytes))
    }

    private func expectUpright(_ bitmap: Bitmap) {
        for (colour, expected) in zip(
            bitmap.quarterColours, [Bitmap.red, Bitmap.green, Bitmap.blue, Bitmap.white])
        {
            #expect(isClose(colour, expected, tolerance: 6), "\(colour) for \(expected)")
        }
    }

    @Test(arguments: 1...8)
    func `a picture is decoded upright`(orientation: Int) async throws {
        let engine = try TestEngine.make()
        let file = try await file(orientation: orientation, engine)

        let facts = try await engine.inspect(file)
        let bitmap = try await engine.decode(file)

        #expect(facts.orientation == orientation)
        #expect(facts.size == Bitmap.quarters.size)
        #expect(bitmap.size == Bitmap.quarters.size)
        expectUpright(bitmap)
    }

    @Test(arguments: 1...8)
    func `a variation is cropped in the picture as shown, and says nothing about turning`(orientation: Int) async throws
    {
        let engine = try TestEngine.make()
        let file = try await file(orientation: orientation, engine)
        let wanted = [AspectRatio.square, .portrait, .landscape].map {
            Variation(ratio: $0, size: $0.size(shortSide: 90), crop: .centre)
        }

        let results = try await engine.render(wanted, from: file)

        for (variation, result) in zip(wanted, results) {
            let facts = try await engine.inspect(.bytes(result.bytes))
            #expect(facts.size == variation.size)
            #expect(facts.orientation == 1)
            expectUpright(try await engine.decode(.bytes(result.bytes)))
        }
    }

    @Test(arguments: [0, 9, 255])
    func `an orientation that does not exist counts as upright`(orientation: Int) async throws {
        let engine = try TestEngine.make()
        let plain = try await engine.encode(.quarters, as: .jpeg(quality: 95))
        let segment = EXIF.segment(orientation: orientation)

        let bitmap = try await engine.decode(
            .bytes(JPEGSurgery.inserting(marker: 0xE1, segment, into: plain.bytes)))

        #expect(bitmap.size == Bitmap.quarters.size)
        expectUpright(bitmap)
    }
}
