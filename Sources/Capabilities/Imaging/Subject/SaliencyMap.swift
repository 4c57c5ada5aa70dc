/// How much each part of a small picture draws the eye, from classical cues and without a model.
///
/// Three cues agree on most photographs: what stands apart from the border (``BarrierDistance``), what has a colour
/// unlike the rest (Achanta et al., "Frequency-tuned Salient Region Detection", CVPR 2009), and skin. People put what
/// matters nearer the middle, which settles the rest.
struct SaliencyMap {
    let width: Int
    let height: Int
    /// 0 and up, rows from the top; the parts below the threshold are 0.
    private(set) var weights: [Float]

    /// Looks at packed eight-bit sRGB pixels, three bytes each.
    ///
    /// About 160 pixels on the long side are enough.
    init(rgb: [UInt8], size: PixelSize) {
        let lab = LabPlanes(rgb: rgb, size: size)
        width = size.width
        height = size.height
        let planes = lab.planes.map { Self.smoothed($0, size) }
        var barrier = [Float](repeating: 0, count: size.pixelCount)
        for plane in planes {
            let distance = BarrierDistance(of: plane, width: width, height: height).distance
            for pixel in 0..<barrier.count { barrier[pixel] += distance[pixel] }
        }
        let rarity = Self.rarity(of: planes)
        let standing = Self.normalised(barrier)
        weights = zip(standing, Self.normalised(rarity)).map { $0 + 0.5 * $1 }
        // Sand, wood and walls share the colour of skin, but they reach the border.
        for pixel in 0..<weights.count { weights[pixel] += lab.skin[pixel] * standing[pixel].squareRoot() }
        weights = Self.smoothed(weights, size)
        favourTheMiddle()
        dropBackground()
    }

    /// The distance of each pixel's colour from the mean colour.
    private static func rarity(of planes: [[Float]]) -> [Float] {
        var squares = [Float](repeating: 0, count: planes[0].count)
        for plane in planes {
            let mean = plane.reduce(0, +) / Float(plane.count)
            for pixel in 0..<plane.count { squares[pixel] += (plane[pixel] - mean) * (plane[pixel] - mean) }
        }
        return squares.map { $0.squareRoot() }
    }

    /// Scaled so that the strongest hundredth reaches 1; a single spot must not set the scale.
    private static func normalised(_ values: [Float]) -> [Float] {
        let strong = values.sorted()[values.count - 1 - values.count / 100]
        // The noise of a plain wall must not be stretched until it looks like something.
        let scale = max(strong, 6)
        return values.map { min(1, $0 / scale) }
    }

    /// The mean of each pixel and its eight neighbours.
    private static func smoothed(_ values: [Float], _ size: PixelSize) -> [Float] {
        guard size.width > 2, size.height > 2 else { return values }
        var result = values
        for y in 1..<size.height - 1 {
            for x in 1..<size.width - 1 {
                let middle = y * size.width + x
                var sum: Float = 0
                for row in [middle - size.width, middle, middle + size.width] {
                    sum += values[row - 1] + values[row] + values[row + 1]
                }
                result[middle] = sum / 9
            }
        }
        return result
    }

    private mutating func favourTheMiddle() {
        for y in 0..<height {
            for x in 0..<width {
                let across = (Float(x) + 0.5) / Float(width) - 0.5
                let down = (Float(y) + 0.5) / Float(height) - 0.5
                weights[y * width + x] *= 1 - 0.7 * (across * across + down * down)
            }
        }
    }

    /// Subtracts what the background reaches, so that a wide quiet area does not outweigh a small subject.
    private mutating func dropBackground() {
        let threshold = max(0.3, OtsuThreshold.of(weights))
        for pixel in 0..<weights.count { weights[pixel] = max(0, weights[pixel] - threshold) }
    }
}

/// The value that best parts a set of values into a low and a high class.
enum OtsuThreshold {
    /// Uses 64 classes; Otsu, "A threshold selection method from gray-level histograms", IEEE SMC-9 no 1, 1979.
    static func of(_ values: [Float]) -> Float {
        guard let top = values.max(), top > 0 else { return 0 }
        let classes = 64
        var histogram = [Double](repeating: 0, count: classes)
        for value in values { histogram[min(classes - 1, Int(value / top * Float(classes)))] += 1 }
        let total = Double(values.count)
        let sum = histogram.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
        var (count, partial, best, threshold) = (0.0, 0.0, -1.0, 0)
        for level in 0..<classes - 1 {
            count += histogram[level]
            partial += Double(level) * histogram[level]
            guard count > 0, count < total else { continue }
            let gap = partial / count - (sum - partial) / (total - count)
            let between = count * (total - count) * gap * gap
            if between > best { (best, threshold) = (between, level + 1) }
        }
        return Float(threshold) / Float(classes) * top
    }
}
