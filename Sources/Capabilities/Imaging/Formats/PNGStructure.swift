/// The chunks of a PNG file (PNG specification, third edition, sections 5.3 and 11.3.6 for animation).
enum PNGStructure {
    /// The frames of an animation, 1 for a still picture. `acTL` stands before the first pixels, so only the few
    /// chunks there are read.
    static func frameCount(_ file: ByteReader) -> Int {
        var offset = 8
        while let length = file.bigEndian32(at: offset), !file.starts(with: "IDAT", at: offset + 4) {
            if file.starts(with: "acTL", at: offset + 4) { return max(1, file.bigEndian32(at: offset + 8) ?? 1) }
            offset += length + 12
        }
        return 1
    }
}
