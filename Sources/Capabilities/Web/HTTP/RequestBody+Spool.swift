import Concurrency
import Glibc

/// A whole body in a file.
public struct SpooledBody: Sendable {
    /// The file that holds the content; whoever asked for it removes it.
    public let path: String
    /// Its size in bytes.
    public let byteCount: Int

    /// Removes the file, if it is still there.
    public func remove() { unlink(path) }
}

extension RequestBody {
    /// Writes the whole body to a new file in `folder`, holding only a piece of it in memory at a time.
    /// - Parameter limit: The most bytes that are accepted.
    /// - Throws: ``RequestBodyError``; the file is removed then.
    public func spool(to folder: String, limit: Int) async throws(RequestBodyError) -> SpooledBody {
        if let announcedLength, announcedLength > limit { throw .tooLarge(limit: limit) }
        let file = try await SpoolFile.threads.run { () throws(RequestBodyError) in try SpoolFile(in: folder) }
        do throws(RequestBodyError) {
            while let piece = try await next() {
                guard file.byteCount + piece.count <= limit else { throw .tooLarge(limit: limit) }
                try await SpoolFile.threads.run { () throws(RequestBodyError) in try file.append(piece) }
            }
            return SpooledBody(path: file.path, byteCount: file.byteCount)
        } catch {
            file.remove()
            throw error
        }
    }
}

extension SpoolFile {
    /// Adds `bytes` at the end.
    /// - Throws: ``RequestBodyError/noRoom`` when not all of them could be written.
    func append(_ bytes: [UInt8]) throws(RequestBodyError) {
        let result: Result<Void, RequestBodyError> = bytes.withUnsafeBytes { bytes in
            do throws(RequestBodyError) { return .success(try append(bytes)) } catch { return .failure(error) }
        }
        try result.get()
    }
}
