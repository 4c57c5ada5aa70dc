/// A file format that is read and written.
public enum ImageFormat: String, Codable, Sendable, CaseIterable {
    case jpeg, png, webp

    /// Like "image/jpeg".
    public var mediaType: String { "image/\(rawValue)" }
    /// The usual end of a file's name, without the dot.
    public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }
    /// As people write it.
    public var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        }
    }

    /// All of them, for messages.
    public static let listed = "JPEG, PNG and WebP"

    /// The operation of libvips that reads it from memory.
    var loader: String { "\(rawValue)load_buffer" }
    /// The operation of libvips that writes it to memory.
    var saver: String { "\(rawValue)save_buffer" }
}
