public import FoundationEssentials

extension Date {
    /// The time in UTC with milliseconds: `2026-01-31T09:30:00.000Z`.
    ///
    /// - SeeAlso: RFC 3339; the calendar arithmetic is Howard Hinnant's `civil_from_days`.
    public var iso8601: String {
        let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded(.down))
        let (days, ofDay) = milliseconds.quotientAndRemainder(flooringBy: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        return String(unsafeUninitializedCapacity: 24) { text in
            text.put(date.year, digits: 4, at: 0, then: "-")
            text.put(date.month, digits: 2, at: 5, then: "-")
            text.put(date.day, digits: 2, at: 8, then: "T")
            text.put(ofDay / 3_600_000, digits: 2, at: 11, then: ":")
            text.put(ofDay / 60_000 % 60, digits: 2, at: 14, then: ":")
            text.put(ofDay / 1000 % 60, digits: 2, at: 17, then: ".")
            text.put(ofDay % 1000, digits: 3, at: 20, then: "Z")
            return 24
        }
    }
}

/// A day of the Gregorian calendar.
struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to this day.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).quotientAndRemainder(flooringBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    /// Like `quotientAndRemainder`, with a remainder that is never negative.
    func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    fileprivate func put(_ value: Int64, digits: Int, at start: Int, then end: Unicode.Scalar) {
        var rest = value
        for place in stride(from: start + digits - 1, through: start, by: -1) {
            self[place] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            rest /= 10
        }
        self[start + digits] = UInt8(ascii: end)
    }
}
