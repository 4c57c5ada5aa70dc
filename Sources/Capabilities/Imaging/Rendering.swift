/// The way from one source to its variations: decode once, find the subject once, then for each variation crop, scale,
/// turn upright, convert the colours and write.
///
/// The order is the point. Cropping first scales only what is kept; turning and converting are done on the small
/// result, where they cost a tenth.
struct Rendering {
    private let source: SourcePicture
    private let watch: JobWatch
    private let provenance: Provenance?

    init(of source: SourcePicture, provenance: Provenance?, watch: JobWatch) {
        self.source = source
        self.watch = watch
        self.provenance = provenance ?? source.provenance
    }

    func make(_ variations: [Variation]) throws(ImageError) -> [EncodedImage] {
        let decoded = try source.decoded(flattened: true, watch: watch)
        watch.watch(decoded)
        let needsSubject = variations.contains { $0.crop == .smart }
        let subject = needsSubject ? try findSubject(in: decoded) : nil
        var results: [EncodedImage] = []
        for variation in variations {
            try results.append(
                watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in
                    try make(variation, from: decoded, subject: variation.crop == .smart ? subject : nil)
                })
        }
        return results
    }

    private func make(
        _ variation: Variation, from decoded: VipsImage, subject: Subject?
    ) throws(VipsFailure) -> EncodedImage {
        let shown = decoded.orientation.shown(decoded.size)
        let window = CropWindow(of: shown, for: variation.size, around: subject)
        return try decoded.cropped(to: decoded.orientation.stored(window, in: shown))
            .scaled(to: decoded.orientation.exchangesSides ? variation.size.transposed : variation.size)
            .turnedUpright()
            .inSRGB()
            .encoded(as: variation.encoding, provenance: provenance)
    }

    private func findSubject(in decoded: VipsImage) throws(ImageError) -> Subject {
        try watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in
            let small = try decoded.thumbnail(longSide: 160).inSRGB().turnedUpright()
            return Subject(rgb: try small.pixels(), size: small.size)
        }
    }
}

extension VipsImage {
    /// Wraps a bitmap.
    convenience init(_ bitmap: Bitmap, in library: VipsLibrary) throws(VipsFailure) {
        let copy = bitmap.pixels.withUnsafeBytes { bytes in
            Result { () throws(VipsFailure) in
                try VipsImage(
                    copying: bytes, size: bitmap.size, bands: bitmap.channels, as: bitmap.interpretation, in: library)
            }
        }
        try self.init(sharing: copy.get())
    }

    fileprivate func cropped(to window: CropWindow) throws(VipsFailure) -> VipsImage {
        if window.size == size { return self }
        return try applying(
            "extract_area", as: "input",
            [
                "left": .int(window.left), "top": .int(window.top), "width": .int(window.size.width),
                "height": .int(window.size.height),
            ])
    }

    /// Scales to exactly `target`, down or up, with libvips' default kernel: Lanczos with a = 3, which becomes a cubic
    /// for enlarging.
    fileprivate func scaled(to target: PixelSize) throws(VipsFailure) -> VipsImage {
        if target == size { return self }
        return try applying(
            "resize",
            [
                "scale": .double(Double(target.width) / Double(width)),
                "vscale": .double(Double(target.height) / Double(height)),
            ])
    }

    /// A rough small version for analysis: every few pixels a sample, then means of the samples.
    ///
    /// Reading all pixels to average them would cost more than the rest of the analysis.
    fileprivate func thumbnail(longSide: Int) throws(VipsFailure) -> VipsImage {
        let factor = max(1, max(width, height) / longSide)
        let stride = max(1, factor / 4)
        let sampled = try applying("subsample", as: "input", ["xfac": .int(stride), "yfac": .int(stride)]).rendered()
        let rest = max(1, max(sampled.width, sampled.height) / longSide)
        return try sampled.applying("shrink", ["hshrink": .double(Double(rest)), "vshrink": .double(Double(rest))])
    }
}
