import FoundationEssentials

/// A folder of a test's own, removed with everything in it when the last reference goes.
public final class TemporaryFolder: Sendable {
    /// Its absolute path, without a slash at the end.
    public let path: String

    /// Makes an empty folder below `TMPDIR`.
    /// - Parameter inMemory: Takes shared memory instead, where nothing waits for a disk, if the machine has some.
    public init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let parent =
            inMemory && FileManager.default.isWritableFile(atPath: memory)
            ? memory : ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        path = parent + "/atelier-test-" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    // A failure leaves a folder in the scratch space, which must not fail the test that has already passed.
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in this folder.
    public func file(_ name: String) -> String { path + "/" + name }
}

/// Runs `body` with an empty folder, which is removed afterwards.
@discardableResult
public func withTemporaryFolder<Value>(
    inMemory: Bool = false, isolation: isolated (any Actor)? = #isolation,
    _ body: (TemporaryFolder) async throws -> Value
) async throws -> Value {
    let folder = try TemporaryFolder(inMemory: inMemory)
    defer { withExtendedLifetime(folder) {} }
    return try await body(folder)
}
