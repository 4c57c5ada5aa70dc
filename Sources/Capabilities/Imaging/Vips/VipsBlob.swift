import CVips
import Glibc

/// Encoded bytes in memory that libvips shares: whatever reads from them holds its own reference.
///
/// Sendable by proof: the bytes are written before the instance is handed out and never change; the count of
/// references is atomic.
final class VipsBlob: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let count: Int
    private let library: VipsLibrary

    private init(owning pointer: UnsafeMutableRawPointer, count: Int, in library: VipsLibrary) {
        self.pointer = pointer
        self.count = count
        self.library = library
    }

    deinit { library.functions.vips_area_unref(pointer) }

    /// Copies `bytes`, which must not be empty.
    convenience init(_ bytes: [UInt8], in library: VipsLibrary) throws(ImageError) {
        guard let blob = bytes.withUnsafeBytes({ library.functions.vips_blob_copy($0.baseAddress, $0.count) }) else {
            throw .processingFailed(operation: "blob_copy")
        }
        self.init(owning: blob, count: bytes.count, in: library)
    }

    /// Reads `count` bytes from `descriptor` straight into memory of the library.
    convenience init(reading count: Int, from descriptor: Int32, in library: VipsLibrary) throws(ImageError) {
        guard let memory = library.functions.g_malloc(count) else { throw .processingFailed(operation: "malloc") }
        var done = 0
        while done < count {
            let got = read(descriptor, memory + done, count - done)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else {
                library.functions.g_free(memory)
                throw .unreadableFile
            }
            done += got
        }
        guard let blob = library.functions.vips_blob_new(library.functions.g_free, memory, count) else {
            library.functions.g_free(memory)
            throw .processingFailed(operation: "blob_new")
        }
        self.init(owning: blob, count: count, in: library)
    }

    /// Gives the bytes for reading.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var count = 0
        let start = library.functions.vips_blob_get(pointer, &count)
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
