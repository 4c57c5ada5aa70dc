import Glibc

/// Memory for a decoded picture, given back to the system as soon as the last reference goes.
///
/// It asks for huge pages: touching 36 MB for the first time in pages of 4 KB costs as much as a quarter of the
/// decoding of those pixels.
///
/// Sendable by proof: the pointer never changes, and libvips writes to the memory before anyone reads from it.
final class PixelMemory: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) throws(VipsFailure) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
            throw VipsFailure(operation: "mmap", detail: "no memory for \(byteCount) bytes of pixels")
        }
        // A kernel without huge pages refuses the advice, and the memory works all the same.
        madvise(start, byteCount, MADV_HUGEPAGE)
        self.start = start
        self.byteCount = byteCount
    }

    deinit { munmap(start, byteCount) }
}
