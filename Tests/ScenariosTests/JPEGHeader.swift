import Foundation

/// What a JPEG's first segments say, read without the product's own code.
struct JPEGHeader {
    let width: Int
    let height: Int
    let hasProfile: Bool
    let hasEXIF: Bool

    /// Reads `data`; nil when it is no JPEG with a frame.
    init?(_ data: Data) {
        let bytes = [UInt8](data)
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
        var offset = 2
        var size: (Int, Int)?
        var profile = false
        var exif = false
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF, size == nil {
            let marker = bytes[offset + 1]
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let content = bytes[(offset + 4)..<min(bytes.count, offset + 2 + length)]
            if marker == 0xE2, content.starts(with: Array("ICC_PROFILE".utf8)) { profile = true }
            if marker == 0xE1, content.starts(with: Array("Exif".utf8)) { exif = true }
            if (0xC0...0xC2).contains(marker) {
                let frame = Array(content)
                size = (Int(frame[3]) << 8 | Int(frame[4]), Int(frame[1]) << 8 | Int(frame[2]))
            }
            offset += 2 + length
        }
        guard let size else { return nil }
        (width, height) = size
        hasProfile = profile
        hasEXIF = exif
    }
}
