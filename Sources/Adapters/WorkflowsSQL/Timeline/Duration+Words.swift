import Concurrency

extension Duration {
    /// The length for people: `12 ms`, `2.3 s`, `4 min 5 s`, `3 h 20 min`, `2 d 4 h`.
    var inWords: String {
        let seconds = seconds
        if seconds < 1 { return "\(Int((max(0, seconds) * 1000).rounded())) ms" }
        if seconds < 10 {
            let tenths = Int((seconds * 10).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(min(seconds, 1e15).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return Self.pair(whole / 60, "min", whole % 60, "s") }
        if whole < 86_400 { return Self.pair(whole / 3600, "h", whole % 3600 / 60, "min") }
        return Self.pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
    }

    private static func pair(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
    }
}
