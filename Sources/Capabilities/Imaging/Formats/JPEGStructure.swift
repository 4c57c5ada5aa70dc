/// The marker segments of a JPEG file (ITU-T T.81, annex B).
enum JPEGStructure {
    private static let startOfScan: UInt8 = 0xDA
    private static let endOfImage: UInt8 = 0xD9
    private static let progressive: Set<UInt8> = [0xC2, 0xC6, 0xCA, 0xCE]

    /// How many scans a progressive file has; 1 for any other, whose scans each hold other pixels.
    static func scanCount(_ file: ByteReader) -> Int {
        var offset = 2
        var isProgressive = false
        var scans = 0
        while let (marker, position) = nextMarker(in: file, from: offset), marker != endOfImage {
            if marker == startOfScan {
                // A baseline file ends here for our purpose: walking on would read all of it for nothing.
                guard isProgressive else { return 1 }
                scans += 1
            }
            if progressive.contains(marker) { isProgressive = true }
            guard let length = hasLength(marker) ? file.bigEndian16(at: position + 2) : 0 else { break }
            offset = position + 2 + length
        }
        return max(1, scans)
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
