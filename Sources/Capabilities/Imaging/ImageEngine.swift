import Concurrency

/// Reads, crops, resizes and writes pictures on its own threads.
///
/// All pixel work runs on a fixed number of operating-system threads, so at most that many pictures are decoded at
/// once, whatever the number of callers; the rest wait in order. A cancelled task gets ``ImageError/cancelled`` within
/// a strip of the picture being computed.
public final class ImageEngine: Sendable {
    private let library: VipsLibrary
    private let threads: WorkerThreads
    /// What a picture may cost.
    public let limits: ImageLimits

    /// Opens libvips and starts the threads.
    ///
    /// - Parameters:
    ///   - location: Where the library is. One process uses one library: the first that an engine opened.
    ///   - threads: How many pictures are worked on at once; about the number of cores. Each holds up to four bytes for
    ///     every pixel of its source, and about twelve while it decodes progressive JPEG, interlaced PNG or WebP.
    ///   - limits: What a picture may cost.
    /// - Throws: ``ImageError/libraryUnavailable(reason:)`` when no libvips can be opened.
    public init(
        library location: LibraryLocation = .system, threads: Int, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) {
        library = try VipsLibrary.open(location)
        self.threads = WorkerThreads(name: "imaging", count: threads)
        self.limits = limits
    }

    /// The version of libvips, such as "8.18.7".
    public var version: String { library.version }

    /// The bytes libvips holds for its buffers at the moment, in all engines of the process; decoded sources not counted.
    public var bytesInUse: Int { library.bytesInUse }

    /// Reads the header of a file; no pixel is computed.
    ///
    /// - Throws: ``ImageError`` when the file is of no accepted format, is damaged in its header, or is over a limit.
    public func inspect(_ file: ImageFile) async throws(ImageError) -> ImageFacts {
        try await onThread { (watch, library, limits) throws(ImageError) in
            try SourcePicture(headerOf: file, limits: limits, watch: watch, in: library).facts
        }
    }

    /// Makes several pictures from one decoding of a file, in the order of `variations`.
    ///
    /// Each is turned upright, cropped to the shape of its size, scaled with a Lanczos kernel (a = 3), converted to
    /// sRGB and flattened on white. The files hold a small sRGB profile and no other metadata of the source.
    ///
    /// - Parameter provenance: The mark to write; nil carries over the mark that the source has, if any.
    /// - Throws: ``ImageError`` when the file is refused, cannot be decoded in full, or the time is up.
    public func render(
        _ variations: [Variation], from file: ImageFile, provenance: Provenance? = nil
    ) async throws(ImageError) -> [EncodedImage] {
        for variation in variations { try limits.check(variation) }
        return try await onThread { (watch, library, limits) throws(ImageError) in
            let source = try SourcePicture(file, limits: limits, watch: watch, in: library)
            return try Rendering(of: source, provenance: provenance, watch: watch).make(variations)
        }
    }

    /// Writes a bitmap as a file.
    ///
    /// JPEG has no alpha: it is flattened on white there.
    ///
    /// - Throws: ``ImageError`` when the bitmap is over a limit or cannot be written.
    public func encode(
        _ bitmap: Bitmap, as encoding: Encoding, provenance: Provenance? = nil
    ) async throws(ImageError) -> EncodedImage {
        try limits.check(size: bitmap.size)
        guard encoding.isValid else { throw .invalidRequest("quality is a number from 1 to 100") }
        return try await onThread { (watch, library, _) throws(ImageError) in
            try watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in
                try VipsImage(bitmap, in: library).encoded(as: encoding, provenance: provenance)
            }
        }
    }

    /// Reads a file into memory: upright, in sRGB, eight bits a channel, with three channels or, with alpha, four.
    ///
    /// - Throws: ``ImageError`` when the file is refused or cannot be decoded in full.
    public func decode(_ file: ImageFile) async throws(ImageError) -> Bitmap {
        try await onThread { (watch, library, limits) throws(ImageError) in
            let source = try SourcePicture(file, limits: limits, watch: watch, in: library)
            let stored = try source.decoded(flattened: false, watch: watch)
            return try watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in
                let picture = try stored.inSRGB().turnedUpright()
                return Bitmap(size: picture.size, channels: picture.bands, pixels: try picture.pixels())
            }
        }
    }

    private func onThread<Result: Sendable>(
        _ job: @escaping @Sendable (JobWatch, VipsLibrary, ImageLimits) throws(ImageError) -> Result
    ) async throws(ImageError) -> Result {
        if Task.isCancelled { throw .cancelled }
        let (library, limits) = (library, limits)
        return try await threads.run { () throws(ImageError) in
            let watch = JobWatch(limit: limits.deadline, in: library)
            // The signal handlers of libvips refer to the watch without holding it.
            return try withExtendedLifetime(watch) { () throws(ImageError) in try job(watch, library, limits) }
        }
    }
}

extension ImageError {
    /// A step that works on pixels of ours, so that nothing the client sent can be blamed.
    init(step failure: VipsFailure) { self = .processingFailed(operation: failure.operation) }
}
