/// What the header of an image file says.
public struct ImageFacts: Sendable, Equatable {
    /// The format, judged by content.
    public var format: ImageFormat
    /// The size as shown, with the orientation applied.
    public var size: PixelSize
    /// The EXIF orientation, 1 (upright) to 8.
    public var orientation: Int
    /// Channels, alpha included: 1 to 4.
    public var channels: Int
    /// Whether a channel is alpha.
    public var hasAlpha: Bool
    /// Whether there are more than eight bits a channel.
    public var isDeep: Bool
    /// Whether a colour profile is embedded.
    public var hasProfile: Bool
    /// How the picture says it came to be.
    public var provenance: Provenance?
    /// The length of the file.
    public var byteCount: Int

    /// Like "image/jpeg".
    public var mediaType: String { format.mediaType }
}
