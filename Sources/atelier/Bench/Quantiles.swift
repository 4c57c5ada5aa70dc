/// Where a share of measured seconds lies.
struct Quantiles {
    private let sorted: [Double]

    init(_ seconds: [Double]) { sorted = seconds.sorted() }

    /// The smallest value, in milliseconds, that `share` (0 up to 1) of all do not exceed; 0 when there is none.
    func milliseconds(_ share: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1000
    }
}
