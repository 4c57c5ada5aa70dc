/// The shape of a picture, width to height, in the terms it was written in: "21:9" stays that, and is not "7:3".
public struct AspectRatio: Hashable, Sendable {
    /// The share of the width, at least 1.
    public let width: Int
    /// The share of the height, at least 1.
    public let height: Int

    /// The largest term, and the most times one term may be the other.
    public static let limits = (term: 10_000, elongation: 20)

    /// Creates a ratio; nil unless both terms are from 1 to 10,000 and neither is over 20 times the other.
    public init?(width: Int, height: Int) {
        guard (1...Self.limits.term).contains(width), (1...Self.limits.term).contains(height),
            max(width, height) <= min(width, height) * Self.limits.elongation
        else { return nil }
        self.width = width
        self.height = height
    }

    /// Reads "9:16": two decimal numbers without sign, space or leading zero around a colon.
    public init?(_ text: String) {
        let terms = text.split(separator: ":", omittingEmptySubsequences: false)
        guard terms.count == 2, let width = Self.term(terms[0]), let height = Self.term(terms[1]) else { return nil }
        self.init(width: width, height: height)
    }

    private init(known width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }

    /// 1:1.
    public static let square = AspectRatio(known: 1, 1)
    /// 9:16.
    public static let portrait = AspectRatio(known: 9, 16)
    /// 16:9.
    public static let landscape = AspectRatio(known: 16, 9)

    /// The size of this shape whose shorter side is `shortSide`; the other side is rounded to a whole pixel.
    ///
    /// With 1080 that gives 1080x1080, 1080x1920 and 1920x1080 for the three usual shapes.
    public func size(shortSide: Int) -> PixelSize {
        let (short, long) = (min(width, height), max(width, height))
        let longSide = (shortSide * long + short / 2) / short
        return width < height
            ? PixelSize(width: shortSide, height: longSide) : PixelSize(width: longSide, height: shortSide)
    }

    private static func term(_ digits: Substring) -> Int? {
        guard !digits.isEmpty, digits.count <= 5, digits.first != "0", digits.allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        return Int(digits)
    }
}

extension AspectRatio: CustomStringConvertible {
    /// Like "9:16".
    public var description: String { "\(width):\(height)" }
}

extension AspectRatio: Codable {
    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let ratio = AspectRatio(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an aspect ratio is written like 9:16")
        }
        self = ratio
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
