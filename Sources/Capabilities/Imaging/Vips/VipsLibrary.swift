import CVips
import Concurrency

/// The opened libvips: one for each process, because GLib's types are registered once and for good.
///
/// Sendable by proof: the table of function pointers is filled before the instance is handed out and never changes.
final class VipsLibrary: @unchecked Sendable {
    let functions: atelier_vips
    let path: String
    let version: String

    private static let opened = Locked<VipsLibrary?>(nil)

    /// Opens the first candidate of `location` that works, or returns the library that is open already when it is one
    /// of them.
    static func open(_ location: LibraryLocation) throws(ImageError) -> VipsLibrary {
        try opened.withLock { (current) throws(ImageError) -> VipsLibrary in
            if let library = current {
                if location.candidates.contains(library.path) { return library }
                let wanted = location.candidates.joined(separator: ", ")
                throw .libraryUnavailable(reason: "\(wanted): this process already uses \(library.path)")
            }
            let library = try firstUsable(of: location.candidates)
            current = library
            return library
        }
    }

    private static func firstUsable(of candidates: [String]) throws(ImageError) -> VipsLibrary {
        var reasons: [String] = []
        for path in candidates {
            var table = atelier_vips()
            var reason = [CChar](repeating: 0, count: 512)
            if atelier_vips_open(path, &table, &reason, reason.count) == 1 {
                return try VipsLibrary(functions: table, path: path)
            }
            let bytes = reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            reasons.append("\(path): \(String(decoding: bytes, as: UTF8.self))")
        }
        throw .libraryUnavailable(reason: reasons.joined(separator: "; "))
    }

    private init(functions: atelier_vips, path: String) throws(ImageError) {
        guard functions.vips_init("atelier") == 0 else {
            throw .libraryUnavailable(reason: "\(path): libvips could not be initialised")
        }
        self.functions = functions
        self.path = path
        version = functions.vips_version_string().map { String(cString: $0) } ?? "unknown"
        makeSafeForStrangersFiles()
    }

    private func makeSafeForStrangersFiles() {
        // Several jobs side by side use the cores better than one job on several threads, and hold bounded memory.
        functions.vips_concurrency_set(1)
        // The cache keys files by name, so a file rewritten under its name would give the old picture.
        functions.vips_cache_set_max(0)
        functions.vips_block_untrusted_set(1)
        // Loaders are chosen by content, whatever the name says: all off, then the accepted ones on. The list of
        // untrusted loaders alone would leave GIF, TIFF and HEIF open.
        functions.vips_operation_block_set("VipsForeignLoad", 1)
        for loader in ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"] {
            functions.vips_operation_block_set(loader, 0)
        }
    }

    /// The bytes that libvips holds for pixels.
    var bytesInUse: Int { functions.vips_tracked_get_mem() }

    /// Takes what libvips wrote about its last failure.
    ///
    /// The buffer is shared by all threads: a hint for the operator's log, never a reason to decide on, and never for
    /// clients because it can hold paths.
    func takeErrorText() -> String {
        guard let text = functions.vips_error_buffer_copy() else { return "" }
        defer { functions.g_free(text) }
        return String(cString: text)
    }
}

/// An operation of libvips that did not succeed.
struct VipsFailure: Error {
    let operation: String
    let detail: String
}
