/// Puts segments into JPEG files by hand.
enum JPEGSurgery {
    /// `file` with a segment right after its start.
    static func inserting(marker: UInt8, _ payload: [UInt8], into file: [UInt8]) -> [UInt8] {
        file[0..<2] + [0xFF, marker] + bigEndian16(payload.count + 2) + payload + file[2...]
    }

    /// `file` whose frame header claims another size.
    static func claiming(width: Int, height: Int, in file: [UInt8]) -> [UInt8] {
        var result = file
        for offset in 2..<file.count - 9 where file[offset] == 0xFF && [0xC0, 0xC2].contains(file[offset + 1]) {
            result.replaceSubrange(offset + 5..<offset + 9, with: bigEndian16(height) + bigEndian16(width))
            break
        }
        return result
    }

    /// The markers before the first scan, with the payloads of their segments.
    static func segments(of file: [UInt8]) -> [(marker: UInt8, payload: ArraySlice<UInt8>)] {
        var result: [(UInt8, ArraySlice<UInt8>)] = []
        var offset = 2
        while offset + 4 <= file.count, file[offset] == 0xFF, file[offset + 1] != 0xDA {
            let length = Int(file[offset + 2]) << 8 | Int(file[offset + 3])
            result.append((file[offset + 1], file[offset + 4..<offset + 2 + length]))
            offset += 2 + length
        }
        return result
    }

    static func bigEndian16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
}

/// An EXIF segment written by hand (CIPA DC-008: a TIFF structure after a mark).
enum EXIF {
    static let serialNumber = "SERIAL-4711"
    static let place = "N 48 12.5"

    /// Holds the orientation, a camera's maker and serial number, and where the picture was taken.
    static func segment(orientation: Int) -> [UInt8] {
        var tiff: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8]
        let texts = 8 + 2 + 4 * 12 + 4
        let placeOffset = texts + 16
        let gps = placeOffset + 16
        tiff += [0, 4]
        tiff += entry(0x010F, type: 2, count: 16, value: texts)
        tiff += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0]
        tiff += entry(0x8825, type: 4, count: 1, value: gps)
        tiff += entry(0xA431, type: 2, count: 16, value: texts)
        tiff += [0, 0, 0, 0]
        tiff += padded(serialNumber) + padded(place)
        tiff += [0, 1] + entry(0x001B, type: 7, count: 16, value: placeOffset) + [0, 0, 0, 0]
        return Array("Exif".utf8) + [0, 0] + tiff
    }

    private static func entry(_ tag: Int, type: UInt8, count: Int, value: Int) -> [UInt8] {
        JPEGSurgery.bigEndian16(tag) + [0, type, 0, 0] + JPEGSurgery.bigEndian16(count) + [0, 0]
            + JPEGSurgery.bigEndian16(value)
    }

    private static func padded(_ text: String) -> [UInt8] {
        Array((Array(text.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16))
    }
}

/// PNG files written by hand.
enum PNGWriter {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func chunk(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + payload
        return bigEndian32(payload.count) + body + bigEndian32(Int(crc32(body)))
    }

    static func header(width: Int, height: Int, depth: UInt8 = 8, colourType: UInt8 = 2) -> [UInt8] {
        chunk("IHDR", bigEndian32(width) + bigEndian32(height) + [depth, colourType, 0, 0, 0])
    }

    /// A whole file; `rows` hold the filter byte and the samples of each row.
    static func file(
        width: Int, height: Int, depth: UInt8 = 8, colourType: UInt8 = 2, extra: [UInt8] = [], rows: [[UInt8]]
    ) -> [UInt8] {
        signature + header(width: width, height: height, depth: depth, colourType: colourType) + extra
            + chunk("IDAT", stored(Array(rows.joined()))) + chunk("IEND", [])
    }

    /// A zlib stream that stores `bytes` without compressing them (RFC 1950 and 1951).
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let length = [UInt8(block.count & 0xFF), UInt8(block.count >> 8)]
            result += [rest.isEmpty ? 1 : 0] + length + length.map { ~$0 } + block
        } while !rest.isEmpty
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return result + bigEndian32(Int(high << 16 | low))
    }

    static func bigEndian32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = sum & 1 == 1
                sum >>= 1
                if isOdd { sum ^= 0xEDB8_8320 }
            }
        }
        return ~sum
    }
}

/// WebP files written by hand.
enum WebPWriter {
    /// An animation of `frames` empty frames: enough for its structure to be read.
    static func animation(frames: Int) -> [UInt8] {
        let frame = chunk("ANMF", [UInt8](repeating: 0, count: 16))
        let flags: [UInt8] = [0x02, 0, 0, 0, 9, 0, 0, 9, 0, 0]
        let body =
            chunk("VP8X", flags) + chunk("ANIM", [0, 0, 0, 0, 0, 0]) + (0..<frames).flatMap { _ in frame }
        return Array("RIFF".utf8) + littleEndian32(body.count + 4) + Array("WEBP".utf8) + body
    }

    private static func chunk(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        Array(type.utf8) + littleEndian32(payload.count) + payload + (payload.count % 2 == 1 ? [0] : [])
    }

    private static func littleEndian32(_ value: Int) -> [UInt8] { PNGWriter.bigEndian32(value).reversed() }
}
