/// A picture as plain pixels.
///
/// Eight bits a channel in sRGB, rows from the top, channels interleaved, no padding. One channel is grey, three are
/// red, green and blue, four add a straight (not premultiplied) alpha.
public struct Bitmap: Sendable, Equatable {
    /// The width and height.
    public let size: PixelSize
    /// 1, 3 or 4.
    public let channels: Int
    /// The values: width times height times channels.
    public var pixels: [UInt8]

    /// Wraps pixels.
    ///
    /// It is a fault of the program when their number does not fit the size.
    public init(size: PixelSize, channels: Int, pixels: [UInt8]) {
        precondition([1, 3, 4].contains(channels), "a bitmap has 1, 3 or 4 channels")
        precondition(size.width > 0 && size.height > 0, "a bitmap has at least one pixel")
        precondition(pixels.count == size.pixelCount * channels, "the pixels must fill the bitmap exactly")
        self.size = size
        self.channels = channels
        self.pixels = pixels
    }

    /// Creates a picture of one value.
    public init(size: PixelSize, channels: Int, filledWith value: UInt8 = 0) {
        self.init(
            size: size, channels: channels, pixels: [UInt8](repeating: value, count: size.pixelCount * channels))
    }

    /// Pixels across.
    public var width: Int { size.width }
    /// Pixels down.
    public var height: Int { size.height }
    /// Whether there is an alpha channel.
    public var hasAlpha: Bool { channels == 4 }

    /// The values of one pixel, `x` from the left and `y` from the top.
    public subscript(x: Int, y: Int) -> ArraySlice<UInt8> {
        let start = (y * width + x) * channels
        return pixels[start..<start + channels]
    }

    /// Meaning of the numbers, for libvips.
    var interpretation: VipsInterpretation { channels == 1 ? .blackAndWhite : .srgb }
}
