import Concurrency
import FoundationEssentials

// Words for people that every engine uses in timelines and explanations.

extension Duration {
    /// The length for people: `12 ms`, `2.3 s`, `4 min 5 s`, `3 h 20 min`, `2 d 4 h`.
    package var inWords: String {
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

extension Int {
    /// `1 attempt`, `3 attempts`.
    package func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}

extension String {
    /// The sentence as a part of another: without its full stop.
    package var clause: String { hasSuffix(".") ? String(dropLast()) : self }
}

extension Date {
    /// The moment in UTC for people: `2026-11-20 16:05:44 UTC`.
    package var inWords: String {
        let (day, second) = Int(timeIntervalSince1970.rounded(.down)).quotientAndRemainder(dividingBy: 86_400)
        let (year, month, dayOfMonth) = Self.civil(fromDays: day)
        let time = [second / 3600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(dayOfMonth)) \(time) UTC"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// The Gregorian date of a day counted from 1970-01-01.
    /// - SeeAlso: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `civil_from_days`.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension ActivityAttempt {
    /// The attempt in a sentence without a full stop.
    package func sentence(of activityID: String) -> String {
        let place = worker.map { " on \($0)" } ?? ""
        let length = seconds.map { " after \(Duration.seconds($0).inWords)" } ?? ""
        let reason = failure.map { ": \($0.message)" } ?? ""
        return switch outcome {
        case .completed: "\(activityID) completed in attempt \(number)\(length)\(place)"
        case .failed: "Attempt \(number) of \(activityID) failed\(length)\(place)\(reason)"
        case .timedOut: "Attempt \(number) of \(activityID) took too long\(length)\(place)"
        case .cancelled: "Attempt \(number) of \(activityID) was cancelled\(length)\(place)"
        case .lost: "Attempt \(number) of \(activityID) was lost\(length)\(place): its process ended"
        case .handedBack: "Attempt \(number) of \(activityID) was given back\(length)\(place), and does not count"
        case .running: "Attempt \(number) of \(activityID) is running\(place)"
        case .waiting: "Attempt \(number) of \(activityID) has not begun"
        }
    }
}
