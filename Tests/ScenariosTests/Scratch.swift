import Foundation

/// A folder that lives as long as this object.
final class Scratch: Sendable {
    let url: URL

    /// - Parameter isInMemory: Whether it need not outlive the system: what a killed process has written stays there, and
    ///   no flush waits for a disk.
    init(isInMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let parent =
            isInMemory && FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        url = parent.appendingPathComponent("atelier-scenario-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ path: String) -> URL { url.appendingPathComponent(path) }

    /// Puts `content` among the uploads, as an operator would by hand.
    func place(_ content: Data, at path: String) throws {
        let target = url.appendingPathComponent("files").appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: target)
    }
}
