import CVips

/// Computes the pixels of an image into memory, strip by strip, on the calling thread.
///
/// libvips' own way hands each strip to a second thread and back, into pages that are touched for the first time; this
/// takes a quarter less for a 12-megapixel photo, and the caller can stop between strips.
final class StripReader {
    private let source: VipsImage
    private let target: VipsImage
    private let reading: VipsRegion
    private let writing: VipsRegion

    /// Rows that are read at once: enough to make the calls cheap, few enough to stop soon.
    static let usualHeight = 32

    /// Prepares memory for `source`, which must have eight bits a channel.
    ///
    /// Nothing is computed yet.
    init(_ source: VipsImage) throws(VipsFailure) {
        self.source = source
        let memory = try PixelMemory(byteCount: source.size.pixelCount * source.bands)
        target = try VipsImage(sharing: memory, size: source.size, bands: source.bands, in: source.library)
        reading = try VipsRegion(of: source)
        writing = try VipsRegion(of: target)
        try writing.attachToMemory()
    }

    /// Computes `rows`; they must follow the rows read before, because decoders go from the top to the bottom.
    func read(_ rows: Range<Int>) throws(VipsFailure) {
        var strip = atelier_vips_rect(
            left: 0, top: Int32(rows.lowerBound), width: Int32(source.width), height: Int32(rows.count))
        let status = source.library.functions.vips_region_prepare_to(
            reading.pointer, writing.pointer, &strip, 0, Int32(rows.lowerBound))
        guard status == 0 else { throw VipsFailure(operation: "decode", detail: source.library.takeErrorText()) }
    }

    /// The picture in memory, once all rows are read: with the profile and the orientation of the source and none of
    /// its other metadata.
    func picture() throws(VipsFailure) -> VipsImage {
        let picture = try target.meaning(source.interpretation ?? (source.bands < 3 ? .blackAndWhite : .srgb))
        if let profile = source.bytes(of: .profile) { picture.attach(profile, as: .profile) }
        picture.mark(source.orientation)
        return picture
    }
}

/// A window on the pixels of an image; used by the thread that made it and no other, as libvips demands.
private final class VipsRegion {
    let pointer: atelier_vips_region
    private let image: VipsImage

    init(of image: VipsImage) throws(VipsFailure) {
        guard let region = image.library.functions.vips_region_new(image.pointer) else {
            throw VipsFailure(operation: "region_new", detail: image.library.takeErrorText())
        }
        pointer = region
        self.image = image
    }

    deinit { image.library.functions.g_object_unref(UnsafeMutableRawPointer(pointer)) }

    /// Points the window at the memory of its image, whole.
    func attachToMemory() throws(VipsFailure) {
        var whole = atelier_vips_rect(left: 0, top: 0, width: Int32(image.width), height: Int32(image.height))
        guard image.library.functions.vips_region_image(pointer, &whole) == 0 else {
            throw VipsFailure(operation: "region_image", detail: image.library.takeErrorText())
        }
    }
}
