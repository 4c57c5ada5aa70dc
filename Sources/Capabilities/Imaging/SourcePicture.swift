/// A stranger's picture whose header has been read and found acceptable; no pixel has been computed.
struct SourcePicture {
    let format: ImageFormat
    let byteCount: Int
    let image: VipsImage

    /// Reads the header of a whole file and refuses what is over a limit.
    init(_ file: ImageFile, limits: ImageLimits, watch: JobWatch, in library: VipsLibrary) throws(ImageError) {
        try self.init(file.load(limits: limits, in: library), limits: limits, watch: watch, in: library)
    }

    /// Reads the header of a file, which usually lies in its first part; the rest of a long file is left on the disk.
    init(
        headerOf file: ImageFile, limits: ImageLimits, watch: JobWatch, in library: VipsLibrary
    ) throws(ImageError) {
        let start = try file.load(upTo: Self.usualHeader, limits: limits, in: library)
        do {
            try self.init(start, limits: limits, watch: watch, in: library)
        } catch .damaged where !start.isWhole {
            try self.init(file, limits: limits, watch: watch, in: library)
        }
    }

    /// Room for the previews and profiles that cameras write before the picture.
    private static let usualHeader = 1 << 20

    private init(
        _ file: LoadedFile, limits: ImageLimits, watch: JobWatch, in library: VipsLibrary
    ) throws(ImageError) {
        let content = try file.blob.withBytes { (bytes) throws(ImageError) in
            try ContentInspection(of: bytes, byteCount: file.byteCount)
        }
        try content.check(limits)
        format = content.format
        byteCount = file.byteCount
        image = try watch.run(failingAs: { _ in .damaged(content.format) }) { () throws(VipsFailure) in
            try VipsImage.make(
                content.format.loader, in: library,
                [
                    "buffer": .blob(file.blob), "access": .nick("sequential"),
                    // Without this a file that is cut off decodes to grey where data is missing.
                    "fail_on": .nick("truncated"),
                ])
        }
        try limits.check(size: image.size)
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
        let stream = try watch.run(failingAs: { _ in .damaged(format) }) { () throws(VipsFailure) in
            let picture = try image.inEightBits()
            guard flattened, picture.hasAlpha else { return picture }
            return try picture.applying("flatten", ["background": .doubles([255])])
        }
        let reader = try watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in
            try StripReader(stream)
        }
        for top in stride(from: 0, to: stream.height, by: StripReader.usualHeight) {
            try watch.run(failingAs: { _ in .damaged(format) }) { () throws(VipsFailure) in
                try reader.read(top..<min(stream.height, top + StripReader.usualHeight))
            }
        }
        return try watch.run(failingAs: ImageError.init(step:)) { () throws(VipsFailure) in try reader.picture() }
    }
}
