/// One picture to be made from a source: its shape, size, what the crop keeps, and its file format.
public struct Variation: Hashable, Codable, Sendable {
    /// The shape asked for, as a name; pixels follow ``size``.
    public var ratio: AspectRatio
    /// The exact size of the result.
    public var size: PixelSize
    /// What stays in the picture when the source has another shape.
    public var crop: CropFocus
    /// The format of the result.
    public var encoding: Encoding

    /// Describes a picture.
    ///
    /// Without `size` the shorter side has 1080 pixels.
    public init(
        ratio: AspectRatio, size: PixelSize? = nil, crop: CropFocus = .smart, encoding: Encoding = .jpeg(quality: 95)
    ) {
        self.ratio = ratio
        self.size = size ?? ratio.size(shortSide: 1080)
        self.crop = crop
        self.encoding = encoding
    }
}

/// What a crop keeps.
public enum CropFocus: String, Codable, Sendable, CaseIterable {
    /// The most conspicuous thing in the picture.
    case smart
    /// The middle.
    case centre
}

/// A file format to write, with its settings.
public enum Encoding: Hashable, Codable, Sendable {
    /// JPEG at a quality from 1 to 100; at 90 and above colour is kept at full resolution (4:4:4).
    case jpeg(quality: Int)
    /// PNG, lossless.
    case png
    /// WebP at a quality from 1 to 100.
    case webp(quality: Int)

    /// The format without its settings.
    public var format: ImageFormat {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        }
    }

    var isValid: Bool {
        switch self {
        case .jpeg(let quality), .webp(let quality): (1...100).contains(quality)
        case .png: true
        }
    }
}

/// A picture in a file format.
public struct EncodedImage: Sendable, Equatable {
    /// The file.
    public var bytes: [UInt8]
    /// The picture's size.
    public var size: PixelSize
    /// The file's format.
    public var format: ImageFormat

    /// Creates one from its parts.
    public init(bytes: [UInt8], size: PixelSize, format: ImageFormat) {
        self.bytes = bytes
        self.size = size
        self.format = format
    }

    /// Like "image/jpeg".
    public var mediaType: String { format.mediaType }
}
