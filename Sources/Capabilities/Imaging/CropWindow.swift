/// A part of a picture, in pixels from the top left.
struct CropWindow: Equatable, Sendable {
    var left: Int
    var top: Int
    var size: PixelSize

    /// The largest part of a picture of `source` pixels that becomes `target` by scaling both axes alike, around
    /// `focus` or, without one, in the middle.
    init(of source: PixelSize, for target: PixelSize, around focus: Subject?) {
        size = Self.size(of: source, for: target)
        let free = PixelSize(width: source.width - size.width, height: source.height - size.height)
        left = focus?.across.start(ofWindow: size.width, in: source.width) ?? free.width / 2
        top = focus?.down.start(ofWindow: size.height, in: source.height) ?? free.height / 2
    }

    init(left: Int, top: Int, size: PixelSize) {
        self.left = left
        self.top = top
        self.size = size
    }

    /// The size of the window.
    ///
    /// Whole pixels rarely have exactly the target's shape: 9:16 of 4000x3000 is 1687.5 wide. Rounding that half pixel
    /// stretches the picture and, measured, costs 4 dB; giving up a row or two finds a pair that fits.
    private static func size(of source: PixelSize, for target: PixelSize) -> PixelSize {
        if source.width * target.height < source.height * target.width {
            return size(of: source.transposed, for: target.transposed).transposed
        }
        // The whole height is used and the width is cut.
        var best = PixelSize(width: 1, height: 1)
        var bestDrift = Double.infinity
        for height in stride(from: source.height, to: source.height - allowedLoss(of: source.height) - 1, by: -1) {
            let exact = Double(height) * Double(target.width) / Double(target.height)
            let width = max(1, min(source.width, Int(exact.rounded())))
            // How far the two scales part at the edge of the result, in its pixels.
            let drift = abs(exact - Double(width)) / exact * Double(target.width) / 2
            if drift < bestDrift { (best, bestDrift) = (PixelSize(width: width, height: height), drift) }
            if drift < invisibleDrift { break }
        }
        return best
    }

    /// An eighth of a pixel at the edge is below what rounding to eight bits hides.
    private static let invisibleDrift = 0.125

    /// Pixels that may be given up for the shape: one in a hundred, and a few more of a small picture.
    private static func allowedLoss(of side: Int) -> Int { max(side / 100, min(8, side / 16)) }
}
