public import FoundationEssentials

extension Schema where Value == Date {
    /// A moment: `2026-01-31T09:30:00Z`, with any offset, or a day, which stands for its beginning in UTC.
    public static var timestamp: Schema {
        let text = Schema<String>.string(length: 10...40, format: "date-time").example("2026-01-31T09:30:00Z")
        return text.map { text throws(SchemaFault) in
            guard let date = Date(iso8601: text) else {
                throw SchemaFault("Input should be a time like 2026-01-31T09:30:00Z or a day", type: "datetime_parsing")
            }
            return date
        }
    }
}

extension Date {
    /// Reads a time as RFC 3339 writes it, or a day alone, in UTC; nil for anything else.
    ///
    /// - SeeAlso: RFC 3339, section 5.6.
    public init?(iso8601 text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = rest.takeNumber(4), rest.take("-"), let month = rest.takeNumber(2), rest.take("-"),
            let day = rest.takeNumber(2), (1...12).contains(month), (1...31).contains(day), year >= 1
        else { return nil }
        let days = CivilDate.days(year: year, month: month, day: day)
        // 30 February is a day of March: what does not come back the same is none.
        let date = CivilDate(daysSince1970: days)
        guard date.month == month, date.day == day else { return nil }
        guard !rest.isEmpty else {
            self.init(timeIntervalSince1970: Double(days * 86_400))
            return
        }
        guard let time = Self.time(&rest), let offset = Self.offset(&rest), rest.isEmpty else { return nil }
        self.init(timeIntervalSince1970: Double(days * 86_400 - offset) + time)
    }

    private static func time(_ rest: inout ArraySlice<UInt8>) -> Double? {
        guard rest.take("T") || rest.take("t") || rest.take(" "), let hour = rest.takeNumber(2), rest.take(":"),
            let minute = rest.takeNumber(2), rest.take(":"), let second = rest.takeNumber(2), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var fraction = 0.0
        if rest.take(".") {
            let digits = rest.prefix { (48...57).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            fraction = digits.reversed().reduce(0) { ($0 + Double($1 - 48)) / 10 }
        }
        return Double(hour * 3600 + minute * 60 + second) + fraction
    }

    /// Seconds that the local time is ahead of UTC.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        if rest.take("Z") || rest.take("z") { return 0 }
        let sign: Int64
        if rest.take("+") { sign = 1 } else if rest.take("-") { sign = -1 } else { return nil }
        guard let hours = rest.takeNumber(2), rest.take(":"), let minutes = rest.takeNumber(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard first == UInt8(ascii: character) else { return false }
        self = dropFirst()
        return true
    }

    /// The number that exactly `count` digits make.
    fileprivate mutating func takeNumber(_ count: Int) -> Int64? {
        let digits = prefix(count)
        guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        self = dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }
}
