/// What bytes are, judged by the bytes alone and never by a name or a header.
public enum MediaType {
    /// For everything that is not recognised.
    public static let unknown = "application/octet-stream"

    /// The media type of a file that begins with `start` (16 bytes are enough): JPEG, PNG, WebP or ``unknown``.
    public static func detected(from start: some Sequence<UInt8>) -> String {
        let start = Array(start.prefix(16))
        if start.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if start.starts(with: Array("RIFF".utf8)), start.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            return "image/webp"
        }
        return unknown
    }
}
