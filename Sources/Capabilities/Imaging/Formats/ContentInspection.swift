/// What the structure of a file says before any decoder sees it.
///
/// Formats are recognised by their first bytes, as the WHATWG standard "MIME Sniffing", section 6.1, lists them.
struct ContentInspection: Equatable {
    var format: ImageFormat
    /// The size that the header claims, where it is read here: a decoder would call the largest ones damaged.
    var claimedSize: PixelSize?
    /// Pictures that follow each other; 1 for a still one.
    var frameCount: Int
    /// Passes over the pixels: more than 1 in a progressive JPEG.
    var scanCount: Int

    /// Whether the file is too short for the pixels that its header claims.
    var isTooShort = false

    /// Reads the structure of `file`, which may be the beginning of a file of `byteCount` bytes.
    /// - Throws: ``ImageError/unsupportedFormat(found:)`` when it is none of the accepted formats.
    init(of file: UnsafeRawBufferPointer, byteCount: Int) throws(ImageError) {
        let reader = ByteReader(file)
        if reader.starts(with: [0xFF, 0xD8, 0xFF]) {
            format = .jpeg
            let structure = JPEGStructure(reader)
            (claimedSize, frameCount, scanCount) = (structure.size, 1, structure.scanCount)
            isTooShort = byteCount < structure.leastByteCount
        } else if reader.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            format = .png
            (claimedSize, frameCount) = (PNGStructure.size(reader), PNGStructure.frameCount(reader))
            scanCount = 1
        } else if reader.starts(with: "RIFF"), reader.starts(with: "WEBP", at: 8) {
            format = .webp
            frameCount = WebPStructure.frameCount(reader)
            scanCount = 1
        } else {
            throw .unsupportedFormat(found: Self.name(of: reader))
        }
    }

    /// Throws when the content asks for more than `limits` allow.
    func check(_ limits: ImageLimits) throws(ImageError) {
        if let claimedSize, claimedSize.width > 0, claimedSize.height > 0 { try limits.check(size: claimedSize) }
        if isTooShort { throw .damaged(format) }
        guard frameCount <= 1 else { throw .animated(format, frameCount: frameCount) }
        guard scanCount <= limits.scanCount else { throw .tooManyScans(limit: limits.scanCount) }
    }

    /// Formats that people send and that are refused: named, so that the answer helps.
    private static func name(of reader: ByteReader) -> String? {
        if reader.starts(with: "GIF8") { return "a GIF" }
        if reader.starts(with: "BM") { return "a BMP" }
        if reader.starts(with: [0x49, 0x49, 0x2A, 0x00]) || reader.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            return "a TIFF or raw camera file"
        }
        if reader.starts(with: "ftyp", at: 4) {
            if reader.starts(with: "avif", at: 8) || reader.starts(with: "avis", at: 8) { return "an AVIF" }
            if reader.starts(with: "heic", at: 8) || reader.starts(with: "heix", at: 8)
                || reader.starts(with: "mif1", at: 8)
            {
                return "a HEIC"
            }
            return "a video"
        }
        if reader.starts(with: "%PDF") { return "a PDF" }
        if reader.starts(with: "8BPS") { return "a Photoshop file" }
        if reader.starts(with: "<svg") || reader.starts(with: "<?xml") { return "an SVG or XML file" }
        return nil
    }
}
