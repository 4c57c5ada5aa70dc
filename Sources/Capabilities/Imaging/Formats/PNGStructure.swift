/// The chunks of a PNG file (PNG specification, third edition, sections 5.3 and 11.3.6 for animation).
enum PNGStructure {
    /// The size in `IHDR`, which comes first.
    static func size(_ file: ByteReader) -> PixelSize? {
        guard file.starts(with: "IHDR", at: 12), let width = file.bigEndian32(at: 16),
            let height = file.bigEndian32(at: 20)
        else { return nil }
        return PixelSize(width: width, height: height)
    }

    /// The frames of an animation, 1 for a still picture.
    ///
    /// `acTL` stands before the first pixels, so only the few chunks there are read.
    static func frameCount(_ file: ByteReader) -> Int {
        var offset = 8
        while let length = file.bigEndian32(at: offset), !file.starts(with: "IDAT", at: offset + 4) {
            if file.starts(with: "acTL", at: offset + 4) { return max(1, file.bigEndian32(at: offset + 8) ?? 1) }
            offset += length + 12
        }
        return 1
    }
}
