import Foundation

@testable import Imaging

/// The library that the tests use: the one that the start script puts beside the package, else the system's.
enum TestEngine {
    static let location = LibraryLocation(folders: [packageRoot + "/.libraries"])

    static func make(threads: Int = 2, limits: ImageLimits = ImageLimits()) throws -> ImageEngine {
        try ImageEngine(library: location, threads: threads, limits: limits)
    }

    private static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// A folder for one test, removed at its end.
final class ScratchFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "imaging-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    // Nothing can be done in a test about a folder that cannot be removed.
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}
