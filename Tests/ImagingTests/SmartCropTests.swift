import Testing

@testable import Imaging

/// Scenes with one thing that stands out, far from the middle: it must be whole in every shape that has room for it.
@Suite struct `Smart crops` {
    struct Scene: Sendable, CustomTestStringConvertible {
        var name: String
        var size: PixelSize
        /// Left, top, width and height of the thing, as shares of the picture.
        var place: [Double]
        var colour: [UInt8]
        var ground: @Sendable (Int, Int, inout SeededRandom) -> [UInt8]
        var testDescription: String { name }

        var bitmap: Bitmap {
            var random = SeededRandom(seed: 7)
            let (left, top) = (place[0] * Double(size.width), place[1] * Double(size.height))
            let (width, height) = (place[2] * Double(size.width), place[3] * Double(size.height))
            return Bitmap(width: size.width, height: size.height) { x, y in
                let across = (Double(x) + 0.5 - left) / width * 2 - 1
                let down = (Double(y) + 0.5 - top) / height * 2 - 1
                return across * across + down * down < 1 ? colour : ground(x, y, &random)
            }
        }
    }

    static let lawn: @Sendable (Int, Int, inout SeededRandom) -> [UInt8] = { x, y, random in
        let shade = (x / 40 + y / 40) % 2 * 12 + Int(random.next() % 14)
        return [UInt8(70 + shade), UInt8(125 + shade), UInt8(55 + shade)]
    }
    static let studio: @Sendable (Int, Int, inout SeededRandom) -> [UInt8] = { x, y, random in
        let light = UInt8(232 - y / 40 + Int(random.next() % 5))
        return [light, light, light]
    }
    static let dusk: @Sendable (Int, Int, inout SeededRandom) -> [UInt8] = { x, y, random in
        let noise = Int(random.next() % 8)
        return [UInt8(40 + y / 20 + noise), UInt8(35 + y / 30 + noise), UInt8(80 + noise)]
    }

    static let scenes: [Scene] = {
        let places: [(String, [Double])] = [
            ("left", [0.03, 0.4, 0.2, 0.25]), ("right", [0.76, 0.3, 0.2, 0.25]), ("top", [0.4, 0.03, 0.2, 0.25]),
            ("bottom", [0.35, 0.72, 0.2, 0.25]), ("corner", [0.78, 0.72, 0.18, 0.22]),
        ]
        let grounds: [(String, [UInt8], @Sendable (Int, Int, inout SeededRandom) -> [UInt8])] = [
            ("a red ball on a lawn", [200, 40, 40], lawn), ("a dark bag in a studio", [45, 50, 70], studio),
            ("a lamp at dusk", [245, 220, 150], dusk),
        ]
        let sizes = [PixelSize(width: 400, height: 300), PixelSize(width: 300, height: 400)]
        return grounds.flatMap { ground in
            places.flatMap { place in
                sizes.map { size in
                    Scene(
                        name: "\(ground.0), \(place.0), \(size)", size: size, place: place.1, colour: ground.1,
                        ground: ground.2)
                }
            }
        }
    }()

    @Test(arguments: scenes)
    func `the thing that stands out is whole in every shape`(scene: Scene) async throws {
        let engine = try TestEngine.make()
        let source = try await engine.encode(scene.bitmap, as: .png)
        let ratios = try ["1:1", "9:16", "16:9", "4:5"].map { try #require(AspectRatio($0)) }
        let variations = ratios.map { Variation(ratio: $0, size: $0.size(shortSide: 180), encoding: .png) }

        let results = try await engine.render(variations, from: .bytes(source.bytes))

        for (variation, result) in zip(variations, results) {
            let bitmap = try await engine.decode(.bytes(result.bytes))
            let window = CropWindow(of: scene.size, for: variation.size, around: nil)
            let scale = Double(variation.size.width) / Double(window.size.width)
            let whole =
                Double.pi / 4 * scene.place[2] * Double(scene.size.width) * scene.place[3]
                * Double(scene.size.height) * scale * scale
            // The blurred rim of the thing counts on neither side: 6 of 100.
            #expect(Double(pixels(like: scene.colour, in: bitmap)) > whole * 0.94, "\(variation.ratio)")
        }
    }

    @Test func `the middle is kept when asked for`() async throws {
        let engine = try TestEngine.make()
        let scene = Self.scenes[0]
        let source = try await engine.encode(scene.bitmap, as: .png)
        let portrait = AspectRatio.portrait.size(shortSide: 120)

        let result = try await engine.render(
            [Variation(ratio: .portrait, size: portrait, crop: .centre, encoding: .png)], from: .bytes(source.bytes))

        // The ball at the left edge is outside the middle.
        #expect(pixels(like: scene.colour, in: try await engine.decode(.bytes(result[0].bytes))) == 0)
    }

    @Test func `a plain wall has no subject`() {
        var random = SeededRandom(seed: 3)
        let wall = Bitmap(width: 160, height: 120) { _, _ in
            let value = UInt8(126 + random.next() % 5)
            return [value, value, value]
        }

        let subject = Subject(rgb: wall.pixels, size: wall.size)

        #expect(subject.across.subject.isEmpty)
        #expect(subject.down.subject.isEmpty)
    }

    @Test(arguments: [
        PixelSize(width: 1, height: 1), PixelSize(width: 1, height: 400), PixelSize(width: 400, height: 2),
    ])
    func `a picture of hardly any pixels can be cropped`(size: PixelSize) async throws {
        let engine = try TestEngine.make()
        let source = try await engine.encode(Bitmap(size: size, channels: 3, filledWith: 90), as: .png)

        let results = try await engine.render(
            [AspectRatio.square, .portrait, .landscape].map {
                Variation(ratio: $0, size: $0.size(shortSide: 36), encoding: .png)
            }, from: .bytes(source.bytes))

        for result in results { #expect(try await engine.decode(.bytes(result.bytes)).size == result.size) }
    }

    private func pixels(like colour: [UInt8], in bitmap: Bitmap) -> Int {
        stride(from: 0, to: bitmap.pixels.count, by: 3).count { start in
            (0..<3).allSatisfy { abs(Int(bitmap.pixels[start + $0]) - Int(colour[$0])) < 30 }
        }
    }
}
