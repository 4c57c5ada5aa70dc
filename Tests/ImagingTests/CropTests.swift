import Testing

@testable import Imaging

@Suite struct `Crop windows` {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a window lies inside, keeps the shape and gives up almost nothing`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let source = PixelSize(
            width: .random(in: 1...9000, using: &random), height: .random(in: 1...9000, using: &random))
        let target = PixelSize(
            width: .random(in: 100...3000, using: &random), height: .random(in: 100...3000, using: &random))

        let window = CropWindow(of: source, for: target, around: nil)

        #expect(window.left >= 0 && window.left + window.size.width <= source.width)
        #expect(window.top >= 0 && window.top + window.size.height <= source.height)
        #expect(window.size.width >= 1 && window.size.height >= 1)
        // One of the sides is used, but for a hundredth or a few pixels.
        let unused = min(
            Double(source.width - window.size.width) / Double(source.width),
            Double(source.height - window.size.height) / Double(source.height))
        #expect(unused <= 0.0625)
        // The other is the nearest whole number of pixels for the shape.
        let wanted = Double(target.width) / Double(target.height)
        let across = abs(Double(window.size.width) - wanted * Double(window.size.height))
        let down = abs(Double(window.size.height) - Double(window.size.width) / wanted)
        #expect(min(across, down) <= 1)
    }

    @Test func `the usual shapes of a phone's picture are scaled alike in both axes`() {
        let photo = PixelSize(width: 4000, height: 3000)
        for ratio in [AspectRatio.square, .portrait, .landscape] {
            let target = ratio.size(shortSide: 1080)

            let window = CropWindow(of: photo, for: target, around: nil)

            let across = Double(target.width) / Double(window.size.width)
            let down = Double(target.height) / Double(window.size.height)
            // The picture's edges part by less than an eighth of a pixel.
            #expect(abs(across - down) / down * Double(target.width) / 2 < 0.126)
            #expect(max(window.size.width, window.size.height) >= 2990)
        }
    }

    @Test(arguments: Orientation.allCases)
    func `a window of the shown picture is found again in the stored one`(orientation: Orientation) {
        let stored = PixelSize(width: 7, height: 5)
        let shown = orientation.shown(stored)
        let window = CropWindow(left: 1, top: 2, size: PixelSize(width: 3, height: 2))

        let found = orientation.stored(window, in: shown)

        let expected = Set(
            (0..<stored.pixelCount).map { (x: $0 % stored.width, y: $0 / stored.width) }
                .filter { window.contains(showing($0.x, $0.y, orientation, stored)) }
                .map { PixelSize(width: $0.x, height: $0.y) })
        var actual: Set<PixelSize> = []
        for y in found.top..<found.top + found.size.height {
            for x in found.left..<found.left + found.size.width { actual.insert(PixelSize(width: x, height: y)) }
        }
        #expect(actual == expected)
        #expect(actual.count == 6)
    }

    /// Where a stored pixel is shown: the table of the EXIF specification, case by case.
    private func showing(_ x: Int, _ y: Int, _ orientation: Orientation, _ size: PixelSize) -> (x: Int, y: Int) {
        let (right, bottom) = (size.width - 1, size.height - 1)
        return switch orientation.rawValue {
        case 1: (x, y)
        case 2: (right - x, y)
        case 3: (right - x, bottom - y)
        case 4: (x, bottom - y)
        case 5: (y, x)
        case 6: (bottom - y, x)
        case 7: (bottom - y, right - x)
        default: (y, right - x)
        }
    }
}

extension CropWindow {
    fileprivate func contains(_ point: (x: Int, y: Int)) -> Bool {
        (left..<left + size.width).contains(point.x) && (top..<top + size.height).contains(point.y)
    }
}

@Suite struct `Axis profiles` {
    @Test func `a window covers the whole subject wherever it is`() {
        for first in 0..<90 {
            var weights = [Float](repeating: 0, count: 100)
            for slice in first..<first + 10 { weights[slice] = 1 }
            let profile = AxisProfile(weights: weights, subject: first..<first + 10)

            let start = profile.start(ofWindow: 400, in: 1000)

            #expect(start <= first * 10)
            #expect(start + 400 >= (first + 10) * 10)
            #expect((0...600).contains(start))
        }
    }

    @Test func `without anything that stands out the middle is kept`() {
        let profile = AxisProfile(weights: [Float](repeating: 0, count: 50), subject: 0..<0)

        #expect(abs(profile.start(ofWindow: 400, in: 1000) - 300) <= 5)
    }

    @Test func `a product on a plinth keeps its top`() {
        // Little weight in the product, much in the plinth below it; together they are taller than the window.
        let weights = (0..<100).map { Float((20..<50).contains($0) ? 1 : (50..<90).contains($0) ? 3 : 0) }
        let upright = AxisProfile(weights: weights, subject: 20..<90, isUpright: true)
        let lying = AxisProfile(weights: weights, subject: 20..<90)

        let (raised, heaviest) = (upright.start(ofWindow: 500, in: 1000), lying.start(ofWindow: 500, in: 1000))

        #expect(raised < heaviest && raised >= heaviest - 75)
    }

    @Test func `a person whom the frame cuts at the waist keeps the head`() {
        let weights = (0..<100).map { Float($0 < 20 ? 0 : $0) }
        let profile = AxisProfile(weights: weights, subject: 20..<100, isUpright: true)

        let start = profile.start(ofWindow: 500, in: 1000)

        #expect((150...200).contains(start))
    }

    @Test func `a window as long as the axis begins at its start`() {
        let profile = AxisProfile(weights: [0, 1], subject: 1..<2)

        #expect(profile.start(ofWindow: 1000, in: 1000) == 0)
    }
}

@Suite struct `Aspect ratios` {
    @Test(arguments: ["1:1", "9:16", "16:9", "4:5", "21:9", "239:100"])
    func `a ratio reads as it is written`(text: String) throws {
        #expect(try #require(AspectRatio(text)).description == text)
    }

    @Test(arguments: [
        "", ":", "1", "1:", ":1", "0:1", "1:0", "-1:1", "+1:1", "1 : 1", "01:1", "1:1:1", "1.5:1", "a:b", "１:１",
        "10001:10000", "99999999999999999999:1", "21:1", "1:21", "1/1", "1:1\n",
    ])
    func `anything else is no ratio`(text: String) {
        #expect(AspectRatio(text) == nil)
    }

    @Test(arguments: [
        ("1:1", "1080x1080"), ("9:16", "1080x1920"), ("16:9", "1920x1080"), ("4:5", "1080x1350"), ("3:2", "1620x1080"),
    ])
    func `the shorter side sets the size`(text: String, size: String) throws {
        #expect(try #require(AspectRatio(text)).size(shortSide: 1080).description == size)
    }
}
