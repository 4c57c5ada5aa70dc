/// A stranger's picture whose header has been read and found acceptable; no pixel has been computed.
struct SourcePicture {
    let format: ImageFormat
    let byteCount: Int
    let image: VipsImage

    /// Reads the header and refuses what is over a limit.
    init(_ file: ImageFile, limits: ImageLimits, watch: JobWatch, in library: VipsLibrary) throws(ImageError) {
        let blob = try file.load(limits: limits, in: library)
        let content = try blob.withBytes { (bytes) throws(ImageError) in try ContentInspection(of: bytes) }
        try content.check(limits)
        format = content.format
        byteCount = blob.count
        image = try watch.run(failingAs: { _ in .damaged(content.format) }) { () throws(VipsFailure) in
            try VipsImage.make(
                content.format.loader, in: library,
                [
                    "buffer": .blob(blob), "access": .nick("sequential"),
                    // Without this a file that is cut off decodes to grey where data is missing.
                    "fail_on": .nick("truncated"),
                ])
        }
        try limits.check(size: image.size)
        watch.watch(image)
    }

    /// What the header says.
    var facts: ImageFacts {
        ImageFacts(
            format: format, size: image.orientation.shown(image.size), orientation: image.orientation.rawValue,
            channels: image.bands, hasAlpha: image.hasAlpha, isDeep: !image.isEightBit,
            hasProfile: image.has(.profile), provenance: provenance, byteCount: byteCount)
    }

    /// How the picture says it came to be.
    var provenance: Provenance? { image.bytes(of: .xmp).flatMap(Provenance.init(xmpPacket:)) }

    /// Decodes all pixels into memory, as stored: not turned, in the colour space of the file, eight bits a channel.
    ///
    /// Depth and alpha go on the way, in the stream, so that at most four bytes a pixel are held. White is white in
    /// every profile of these formats, so alpha can be flattened before the colours are converted; being linear, it
    /// gives what resizing with premultiplied alpha and flattening afterwards would.
    func decoded(flattened: Bool, watch: JobWatch) throws(ImageError) -> VipsImage {
        try watch.run(failingAs: { _ in .damaged(format) }) { () throws(VipsFailure) in
            var picture = try image.inEightBits()
            if flattened, picture.hasAlpha {
                picture = try picture.applying("flatten", ["background": .doubles([255])])
            }
            return try picture.rendered()
        }
    }
}
