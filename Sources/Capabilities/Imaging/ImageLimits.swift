/// What a stranger's picture may cost.
///
/// A file beyond a limit is refused from its header, before any pixel is computed.
///
/// While a job runs, its pixels take up to four bytes each. The decoders of progressive JPEG, interlaced PNG and WebP
/// hold up to eight more for the time of the decoding.
public struct ImageLimits: Sendable, Equatable {
    /// The longest file, in bytes.
    public var byteCount: Int
    /// The most pixels, width times height.
    public var pixelCount: Int
    /// The longest side, in pixels; also of a result.
    public var side: Int
    /// The most scans of a progressive JPEG: each one costs a pass over all pixels.
    ///
    /// Cameras and tools write about ten.
    public var scanCount: Int
    /// The longest time a job may compute, counted from when a thread takes it up.
    public var deadline: Duration

    /// Creates limits: 50 MB, 50 megapixels, 16,384 pixels a side, 100 scans and 30 seconds unless said otherwise.
    public init(
        byteCount: Int = 50 << 20, pixelCount: Int = 50_000_000, side: Int = 16_384, scanCount: Int = 100,
        deadline: Duration = .seconds(30)
    ) {
        self.byteCount = byteCount
        self.pixelCount = pixelCount
        self.side = side
        self.scanCount = scanCount
        self.deadline = deadline
    }

    func check(byteCount: Int) throws(ImageError) {
        guard byteCount > 0 else { throw .empty }
        guard byteCount <= self.byteCount else { throw .tooManyBytes(byteCount: byteCount, limit: self.byteCount) }
    }

    func check(size: PixelSize) throws(ImageError) {
        guard size.width > 0, size.height > 0 else { throw .damaged(nil) }
        guard size.width <= side, size.height <= side, size.pixelCount <= pixelCount else {
            throw .tooManyPixels(size, pixelLimit: pixelCount, sideLimit: side)
        }
    }

    func check(_ variation: Variation) throws(ImageError) {
        let sides = 1...side
        guard sides.contains(variation.size.width), sides.contains(variation.size.height),
            variation.size.pixelCount <= pixelCount
        else { throw .invalidRequest("a result of \(variation.size) pixels is outside what can be made") }
        guard variation.encoding.isValid else { throw .invalidRequest("quality is a number from 1 to 100") }
    }
}
