public import FoundationEssentials
import Glibc

/// How a line is put into words.
///
/// Whatever a client managed to get into a value, the line stays one line: control characters, line separators and
/// characters that turn the direction of writing are escaped, and long values are cut.
public enum LogFormat: Sendable, Equatable {
    /// One JSON object a line: `time`, `level`, `label`, `message`, then the fields by name.
    case json
    /// For eyes: `2026-11-20T13:04:05.123Z info    http: request handled method=GET status=200`.
    case human(coloured: Bool)

    /// Bytes of a value beyond which it is cut.
    static let valueLimit = 4096

    /// The format for people on the descriptor: in colour when it is a terminal.
    public static func human(on descriptor: Int32) -> LogFormat { .human(coloured: isatty(descriptor) == 1) }

    /// `line` as text, with the line end.
    public func text(of line: LogLine, at time: Date) -> String {
        switch self {
        case .json: Self.json(line, time)
        case .human(let coloured): Self.human(line, time, coloured)
        }
    }

    private static func json(_ line: LogLine, _ time: Date) -> String {
        var text = "{\"time\":\"\(timestamp(time))\",\"level\":\"\(line.level.rawValue)\",\"label\":"
        text += quoted(line.label) + ",\"message\":" + quoted(line.message)
        for (name, value) in line.fields.sorted(by: { $0.key < $1.key }) {
            // A field must not pass for one of the line's own.
            let isTaken = ["time", "level", "label", "message"].contains(name)
            text += "," + quoted(isTaken ? "field_\(name)" : name) + ":"
            switch value {
            case .text(let value): text += quoted(value)
            case .integer(let value): text += String(value)
            case .number(let value): text += value.isFinite ? "\(value)" : "\"\(value)\""
            }
        }
        return text + "}\n"
    }

    private static func human(_ line: LogLine, _ time: Date, _ coloured: Bool) -> String {
        let level = line.level.rawValue + String(repeating: " ", count: 7 - line.level.rawValue.count)
        var text = timestamp(time) + " " + (coloured ? "\u{1B}[\(line.level.colour)m\(level)\u{1B}[0m" : level)
        text += " " + plain(line.label) + ": " + plain(line.message)
        for (name, value) in line.fields.sorted(by: { $0.key < $1.key }) {
            text += " " + plain(name) + "="
            switch value {
            case .text(let value): text += isSimple(value) ? value : quoted(value)
            case .integer(let value): text += String(value)
            case .number(let value): text += "\(value)"
            }
        }
        return text + "\n"
    }

    private static func isSimple(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= valueLimit
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
    }

    private static func plain(_ text: String) -> String { String(quoted(text).dropFirst().dropLast()) }

    /// `text` as a JSON string, cut and harmless.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        var byteCount = 0
        for scalar in text.unicodeScalars {
            byteCount += scalar.utf8.count
            if byteCount > valueLimit {
                result += "... (\(text.utf8.count) bytes)"
                break
            }
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: if scalar.isHarmless { result.unicodeScalars.append(scalar) } else { result += scalar.escaped }
            }
        }
        return result + "\""
    }

    /// ISO 8601 in UTC, to the millisecond.
    static func timestamp(_ time: Date) -> String {
        let milliseconds = Int((time.timeIntervalSince1970 * 1000).rounded(.down))
        var seconds = time_t(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
        return "\(date)T\(clock).\(padded(Int32(milliseconds - seconds * 1000), 3))Z"
    }

    private static func padded(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension LogLevel {
    /// Number of the terminal's colour: grey, blue, yellow, red.
    fileprivate var colour: Int {
        switch self {
        case .debug: 90
        case .info: 34
        case .warning: 33
        case .error: 31
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmless: Bool {
        if isASCII { return value >= 0x20 && value != 0x7F }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: return false
        default: return true
        }
    }

    /// `\uXXXX`, twice for what lies beyond 16 bits, as JSON wants it.
    fileprivate var escaped: String {
        UTF16.encode(self).map { units in
            units.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        } ?? ""
    }
}
