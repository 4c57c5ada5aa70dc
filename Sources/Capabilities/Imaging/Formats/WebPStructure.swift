/// The chunks of a WebP file (RFC 9649, section 2).
enum WebPStructure {
    /// The frames of an animation (`ANMF` chunks), 1 for a still picture.
    static func frameCount(_ file: ByteReader) -> Int {
        guard file.starts(with: "VP8X", at: 12) else { return 1 }
        var offset = 12
        var frames = 0
        while let length = file.littleEndian32(at: offset + 4) {
            if file.starts(with: "ANMF", at: offset) { frames += 1 }
            // Chunks are padded to an even length.
            offset += 8 + length + length % 2
        }
        return max(1, frames)
    }
}
