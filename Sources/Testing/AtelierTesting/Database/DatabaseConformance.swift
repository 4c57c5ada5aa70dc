public import Database
public import Testing

/// What every ``Database/Database`` must do, whatever is behind it.
///
/// A test target runs it over ``checks`` with a database of its own for each:
/// `@Test(arguments: DatabaseConformance.checks) func holds(_ check: DatabaseCheck) async throws`.
public enum DatabaseConformance {
    /// Every check.
    public static let checks: [DatabaseCheck] = values + inserts + transactions + failures + migrations
}

/// One thing that a database must do.
public struct DatabaseCheck: Sendable, CustomTestStringConvertible {
    /// What is true when it passes, as a sentence.
    public let testDescription: String
    private let body: @Sendable (any Database) async throws -> Void

    init(_ sentence: String, _ body: @escaping @Sendable (any Database) async throws -> Void) {
        testDescription = sentence
        self.body = body
    }

    /// Runs the check on an empty database, which it may leave in any state.
    public func run(on database: any Database) async throws { try await body(database) }
}
