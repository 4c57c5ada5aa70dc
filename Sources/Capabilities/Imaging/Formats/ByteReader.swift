import Glibc

/// Reads numbers and marks out of a file in memory; what lies beyond the end is absent, never read.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var count: Int { bytes.count }

    func byte(at offset: Int) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[offset] : nil
    }

    /// Two bytes, the high one first.
    func bigEndian16(at offset: Int) -> Int? {
        guard let high = byte(at: offset), let low = byte(at: offset + 1) else { return nil }
        return Int(high) << 8 | Int(low)
    }

    /// Four bytes, the highest first.
    func bigEndian32(at offset: Int) -> Int? {
        guard let high = bigEndian16(at: offset), let low = bigEndian16(at: offset + 2) else { return nil }
        return high << 16 | low
    }

    /// Four bytes, the lowest first.
    func littleEndian32(at offset: Int) -> Int? {
        bigEndian32(at: offset).map { Int(UInt32($0).byteSwapped) }
    }

    func starts(with mark: [UInt8], at offset: Int = 0) -> Bool {
        offset >= 0 && offset + mark.count <= bytes.count && bytes[offset..<offset + mark.count].elementsEqual(mark)
    }

    func starts(with mark: String, at offset: Int = 0) -> Bool { starts(with: Array(mark.utf8), at: offset) }

    /// The first place at or after `offset` that holds `byte`.
    func next(_ byte: UInt8, from offset: Int) -> Int? {
        guard let base = bytes.baseAddress, offset >= 0, offset < bytes.count,
            let found = memchr(base + offset, Int32(byte), bytes.count - offset)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
