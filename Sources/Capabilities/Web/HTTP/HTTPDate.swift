public import FoundationEssentials

/// Times as HTTP header fields have them: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// - SeeAlso: RFC 9110, section 5.6.7 (IMF-fixdate; the two obsolete forms are not read, which only costs a cache hit).
public enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The field's text; fractions of a second are cut off.
    public static func text(of date: Date) -> String {
        let (days, seconds) = wholeSeconds(of: date).quotientAndRemainder(flooringBy: 86_400)
        let civil = CivilDate(daysSince1970: days)
        let weekday = weekdays[Int(days.quotientAndRemainder(flooringBy: 7).1)]
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(separator: ":")
        return "\(weekday), \(twoDigits(civil.day)) \(months[Int(civil.month) - 1]) \(civil.year) \(time) GMT"
    }

    /// The time of a field's text; nil when it has another form.
    public static func date(from text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[0].hasSuffix(",") else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard let day = Int64(parts[1]), let month = months.firstIndex(of: String(parts[2])),
            let year = Int64(parts[3]), time.count == 3, (1...31).contains(day), (1600...9999).contains(year),
            (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let days = CivilDate.days(year: year, month: Int64(month) + 1, day: day)
        return Date(timeIntervalSince1970: Double(days * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]))
    }

    /// Seconds since 1970, rounded down, as the text has them.
    static func wholeSeconds(of date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded(.down)) }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
