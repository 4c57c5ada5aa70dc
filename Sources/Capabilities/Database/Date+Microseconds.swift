import Concurrency
package import FoundationEssentials

extension Date {
    /// Microseconds since 1970, as tables hold times.
    package var microseconds: Int { Int((timeIntervalSince1970 * 1_000_000).rounded()) }

    /// The date of a table's time; the same number always makes the same date.
    package init(microseconds: Int) { self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}

extension Duration {
    /// Whole microseconds.
    package var microseconds: Int { Int(seconds * 1_000_000) }
}
