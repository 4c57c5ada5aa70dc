import FoundationEssentials
import Glibc

/// A folder of its own for a demonstration or a measurement.
enum ScratchFolder {
    /// Makes it in `TMPDIR`, else in `/tmp`, and returns its path.
    static func make(_ purpose: String) throws -> String {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/atelier-\(purpose)-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap(mkdtemp) != nil }) else {
            throw UsageError("no scratch folder can be made in \(base); set TMPDIR")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
