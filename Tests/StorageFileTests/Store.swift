import AtelierTesting
import Concurrency
import Foundation
public import Storage

@testable import StorageFile

/// How a path is walked: by the kernel, or segment by segment as on older ones.
///
/// Both must hold everything.
enum Walk: CaseIterable, Sendable { case kernel, segments }

/// Runs `body` with a store in a folder of its own.
func withStore(
    _ walk: Walk = .kernel, clock: any WallClock = SystemClock(),
    _ body: (FileStore, _ root: String, TemporaryFolder) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let root = folder.file("files")
        let store = try await FileStore(root: root, threads: 4, clock: clock, walksAlways: walk == .segments)
        try await body(store, root, folder)
    }
}

extension StorageKey: ExpressibleByStringLiteral {
    /// A key that the test knows to be right.
    public init(stringLiteral text: String) {
        do { try self.init(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}

extension FileStore {
    func bytes(of key: StorageKey) async throws -> [UInt8] {
        try await withLocalFile(of: key) { file in
            let handle = FileHandle(fileDescriptor: file.descriptor, closeOnDealloc: false)
            return try [UInt8](handle.readToEnd() ?? Data())
        }
    }

    func putText(_ text: String, at key: StorageKey) async throws -> Asset {
        try await put(.bytes(Array(text.utf8)), at: key, mediaType: "text/plain")
    }
}

func contents(of folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted()
}

func write(_ text: String, to path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}
