/// The marker segments of a JPEG file (ITU-T T.81, annex B).
struct JPEGStructure {
    /// The size in the frame header.
    private(set) var size: PixelSize?
    /// How many scans a progressive file has; 1 for any other, whose scans each hold other pixels.
    private(set) var scanCount = 1
    /// The fewest bytes that can hold the claimed size, as far as the kind of coding tells.
    private(set) var leastByteCount = 0

    private static let startOfScan: UInt8 = 0xDA
    private static let endOfImage: UInt8 = 0xD9
    /// Frame headers: 0xC0 to 0xCF without the tables and the extension among them.
    private static let frames = Set<UInt8>(0xC0...0xCF).subtracting([0xC4, 0xC8, 0xCC])
    private static let progressive: Set<UInt8> = [0xC2, 0xC6, 0xCA, 0xCE]

    init(_ file: ByteReader) {
        var offset = 2
        var isProgressive = false
        var scans = 0
        while let (marker, position) = Self.nextMarker(in: file, from: offset), marker != Self.endOfImage {
            if marker == Self.startOfScan {
                // A baseline file ends here for our purpose: walking on would read all of it for nothing.
                guard isProgressive else { break }
                scans += 1
            }
            if Self.frames.contains(marker), size == nil {
                isProgressive = Self.progressive.contains(marker)
                size = Self.size(in: file, at: position)
                leastByteCount = size.map { Self.leastByteCount(of: $0, frame: marker) } ?? 0
            }
            guard let length = Self.hasLength(marker) ? file.bigEndian16(at: position + 2) : 0 else { break }
            offset = position + 2 + length
        }
        scanCount = max(1, scans)
    }

    /// The size in the frame header whose marker lies at `position`.
    private static func size(in file: ByteReader, at position: Int) -> PixelSize? {
        guard let height = file.bigEndian16(at: position + 5), let width = file.bigEndian16(at: position + 7) else {
            return nil
        }
        return PixelSize(width: width, height: height)
    }

    /// The fewest bytes for `size`; a decoder would fill in grey for what is missing.
    ///
    /// Huffman coding spends at least a bit on the first coefficient of each block of 8 by 8 pixels and, unless blocks
    /// share them as in progressive files, another on its end.
    private static func leastByteCount(of size: PixelSize, frame: UInt8) -> Int {
        let blocks = ((size.width + 7) / 8) * ((size.height + 7) / 8)
        return switch frame {
        case 0xC0, 0xC1: blocks * 2 / 8
        case 0xC2: blocks / 8
        default: 0
        }
    }

    /// The next marker and where its 0xFF lies, past stuffed bytes, fill bytes and restarts of the entropy-coded data.
    private static func nextMarker(in file: ByteReader, from start: Int) -> (marker: UInt8, position: Int)? {
        var offset = start
        while let position = file.next(0xFF, from: offset), let code = file.byte(at: position + 1) {
            let isInsideData = code == 0x00 || (0xD0...0xD7).contains(code)
            if !isInsideData && code != 0xFF { return (code, position) }
            offset = code == 0xFF ? position + 1 : position + 2
        }
        return nil
    }

    private static func hasLength(_ marker: UInt8) -> Bool { marker != 0x01 && marker != 0xD8 }
}
