/// The text of a `.env` file, read: `NAME=value` lines, comments, quotes.
///
/// - An unquoted value ends at the line's end or at a `#` after white space.
/// - Between single quotes everything is literal; between double quotes `\n`, `\t`, `\"`, `\\` and `\$` are escapes.
/// - `export ` before a name, blank lines, carriage returns at line ends and a byte-order mark do no harm.
public struct EnvironmentFile: Sendable {
    /// A value and the line it stands on, counted from 1.
    public struct Entry: Sendable, Equatable {
        /// The value, without quotes.
        public let value: String
        /// Its line.
        public let line: Int
    }

    /// The values by name.
    public private(set) var entries: [String: Entry] = [:]
    /// What cannot be read, one sentence each with the line; never a value.
    public internal(set) var faults: [String] = []
    /// What should be changed though it can be read.
    public internal(set) var warnings: [String] = []

    /// No file, or one with nothing in it.
    public static let empty = EnvironmentFile(text: "")

    /// Reads `text`; what is wrong with it stands in ``faults``.
    public init(text: String) {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        // CRLF is one Character, which `isNewline` covers together with LF.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            do {
                try read(line.trimmed, number: index + 1)
            } catch {
                faults.append(".env line \(index + 1): \(error.reason)")
            }
        }
    }

    private mutating func read(_ line: String, number: Int) throws(SettingRefusal) {
        guard !line.isEmpty, !line.hasPrefix("#") else { return }
        guard let equals = line.firstIndex(of: "=") else { throw SettingRefusal("there is no = after the name") }
        var name = line[..<equals].trimmed
        if name.hasPrefix("export ") { name = name.dropFirst(7).trimmed }
        guard Self.isName(name) else {
            throw SettingRefusal("a name has letters, digits and _ and does not begin with a digit")
        }
        if let earlier = entries[name] { throw SettingRefusal("\(name) is already set on line \(earlier.line)") }
        let value = try Self.value(of: line[line.index(after: equals)...].trimmed)
        entries[name] = Entry(value: value, line: number)
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
        }
    }

    private static func value(of text: String) throws(SettingRefusal) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return unquoted(text) }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let tail = rest.trimmed
                guard tail.isEmpty || tail.hasPrefix("#") else {
                    throw SettingRefusal("text follows the closing quote")
                }
                return value
            }
            guard character == "\\", quote == "\"", let escaped = rest.popFirst() else {
                value.append(character)
                continue
            }
            value += unescaped(escaped)
        }
        throw SettingRefusal("the quote is not closed on its line")
    }

    private static func unescaped(_ character: Character) -> String {
        switch character {
        case "n": "\n"
        case "t": "\t"
        case "\"", "\\", "$": String(character)
        default: "\\\(character)"
        }
    }

    private static func unquoted(_ text: String) -> String {
        var previous: Character = " "
        for index in text.indices {
            if text[index] == "#", previous.isWhitespace { return text[..<index].trimmed }
            previous = text[index]
        }
        return text
    }
}
