import Concurrency

extension Duration {
    /// Whole microseconds.
    var microseconds: Int { Int(seconds * 1_000_000) }
}
