/// One step in the history of a component's tables.
///
/// Steps are only ever added; a released one never changes.
public struct Migration: Sendable {
    /// Whose tables: `workflows`, `campaigns`.
    public let component: String
    /// Counts from 1 without gaps within a component.
    public let version: Int
    /// The statements, worded for a dialect, in order.
    public let statements: @Sendable (SQLDialect) -> [SQL]

    /// Creates a step.
    public init(component: String, version: Int, statements: @escaping @Sendable (SQLDialect) -> [SQL]) {
        self.component = component
        self.version = version
        self.statements = statements
    }
}
