/// Where the conspicuous parts of a picture are, seen along each axis.
///
/// A crop to another shape slides along one axis only, so a profile for each axis is all that is needed, and one
/// search serves every shape.
struct Subject: Equatable, Sendable {
    var across: AxisProfile
    var down: AxisProfile
}

/// How conspicuous a picture is along one axis.
struct AxisProfile: Equatable, Sendable {
    /// Weight of each equal slice, from the left or the top; at least one slice, none negative.
    var weights: [Float]
    /// The slices that the main subject covers; empty when nothing stands out.
    var subject: Range<Int>
    /// Whether the axis runs from the top to the bottom, where gravity tells the ends apart.
    var isUpright = false

    /// Where a window of `length` pixels begins on an axis of `total` pixels.
    ///
    /// The weight it covers is largest there, and the subject lies wholly inside if it fits.
    func start(ofWindow length: Int, in total: Int) -> Int {
        let free = total - length
        guard free > 0 else { return 0 }
        let slices = Double(weights.count)
        let windowSlices = Double(length) / Double(total) * slices
        let best = (0...Self.positions)
            .map { Double($0) / Double(Self.positions) * (slices - windowSlices) }
            .max { one, other in
                preference(one, windowSlices) < preference(other, windowSlices)
            }
        let start = keepingSubject(best ?? 0, windowSlices)
        return min(free, max(0, Int((start / slices * Double(total)).rounded())))
    }

    private static let positions = 200

    private func preference(_ start: Double, _ length: Double) -> Double {
        let middle = start + length / 2
        var sum = 0.0
        for slice in Int(start)..<min(weights.count, Int((start + length).rounded(.up))) {
            let offset = (Double(slice) + 0.5 - middle) / (length / 2)
            // Falls towards the edges, so that what counts ends up near the middle of the crop.
            if abs(offset) < 1 { sum += Double(weights[slice]) * (1 - 0.5 * offset * offset) }
        }
        // Where nothing stands out, the middle of the picture is the best guess.
        let eccentricity = (middle - Double(weights.count) / 2) / Double(weights.count)
        return sum - total * 0.05 * eccentricity * eccentricity
    }

    private var total: Double { Double(weights.reduce(0, +)) + .leastNormalMagnitude }

    private func keepingSubject(_ start: Double, _ length: Double) -> Double {
        let (first, end) = (Double(subject.lowerBound), Double(subject.upperBound))
        guard !subject.isEmpty else { return start }
        if end - first <= length { return min(max(start, end - length), first) }
        // Too tall for the window. Of somebody whom the frame cuts at the waist or the knees, the head must stay; of a
        // product on a plinth the product, as far as the weight below allows.
        guard isUpright, subject.lowerBound > 0 else { return start }
        let top = max(0, first - length * Self.headroom)
        return subject.upperBound == weights.count ? top : min(start, max(top, start - length * Self.lift))
    }

    private static let headroom = 0.06
    private static let lift = 0.15
}
