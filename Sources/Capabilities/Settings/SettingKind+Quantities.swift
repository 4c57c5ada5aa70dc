extension SettingKind where Value == Int {
    /// A whole number in `range`.
    public static func integer(in range: ClosedRange<Int>) -> SettingKind {
        SettingKind(
            accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text throws(SettingRefusal) in
                guard let value = Int(text) else { throw SettingRefusal("is not a whole number") }
                guard range.contains(value) else { throw SettingRefusal("is out of range") }
                return value
            }, show: { String($0) })
    }

    /// A TCP port.
    public static let port = SettingKind(
        accepted: "a port from 1 to 65535", parse: SettingKind.integer(in: 1...65535).parse, show: { String($0) })

    /// A number of bytes in `range`, with or without a unit: `50MB` is 50 000 000, `50MiB` 52 428 800.
    public static func bytes(in range: ClosedRange<Int>) -> SettingKind {
        SettingKind(
            accepted:
                "a size from \(formatted(range.lowerBound)) to \(formatted(range.upperBound)), such as 50MB or 2GiB",
            parse: { text throws(SettingRefusal) in
                let value = try quantity(text, units: byteUnits, fallback: 1)
                guard range.contains(value) else { throw SettingRefusal("is out of range") }
                return value
            }, show: formatted)
    }

    private static let byteUnits = [
        ("B", 1), ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ]

    private static let formatted: @Sendable (Int) -> String = { value in
        // The largest unit that needs no fraction.
        let unit = byteUnits.filter { $0.0 != "KB" && value >= $0.1 && value % $0.1 == 0 }.max { $0.1 < $1.1 }
        return unit.map { "\(value / $0.1)\($0.0)" } ?? "\(value)B"
    }
}

extension SettingKind where Value == Duration {
    /// A time in `range`, with its unit: `500ms`, `30s`, `5m`, `2h`, `7d`.
    public static func duration(in range: ClosedRange<Duration>) -> SettingKind {
        SettingKind(
            accepted:
                "a time from \(formatted(range.lowerBound)) to \(formatted(range.upperBound)), such as 500ms, 30s, 5m, 2h or 7d",
            parse: { text throws(SettingRefusal) in
                let value = Duration.milliseconds(try quantity(text, units: timeUnits, fallback: nil))
                guard range.contains(value) else { throw SettingRefusal("is out of range") }
                return value
            }, show: formatted)
    }

    private static let timeUnits = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    private static let formatted: @Sendable (Duration) -> String = { value in
        let milliseconds = Int(value / .milliseconds(1))
        let unit = timeUnits.filter { milliseconds >= $0.1 && milliseconds % $0.1 == 0 }.max { $0.1 < $1.1 }
        return unit.map { "\(milliseconds / $0.1)\($0.0)" } ?? "\(milliseconds)ms"
    }
}

/// Reads a whole number followed by one of `units`; `fallback` is the factor of a number alone.
private func quantity(_ text: String, units: [(String, Int)], fallback: Int?) throws(SettingRefusal) -> Int {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { throw SettingRefusal("does not begin with a whole number") }
    let unit = text[digits.endIndex...].trimmed
    guard let factor = unit.isEmpty ? fallback : units.first(where: { $0.0 == unit })?.1 else {
        throw SettingRefusal(unit.isEmpty ? "has no unit" : "has an unknown unit")
    }
    let (value, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else { throw SettingRefusal("is out of range") }
    return value
}
