/// A type of setting: what may be written, how it is read and how it is shown.
public struct SettingKind<Value: Sendable>: Sendable {
    /// What may be written, for the operator: `a port from 1 to 65535`.
    public let accepted: String
    let isSecret: Bool
    let parse: @Sendable (String) throws(SettingRefusal) -> Value
    let show: @Sendable (Value) -> String

    /// Creates a type of a module's own.
    /// - Parameters:
    ///   - parse: Is given text without white space around it, never empty.
    ///   - show: Puts a value in the form in which it may be written.
    public init(
        accepted: String, isSecret: Bool = false, parse: @escaping @Sendable (String) throws(SettingRefusal) -> Value,
        show: @escaping @Sendable (Value) -> String
    ) {
        self.accepted = accepted
        self.isSecret = isSecret
        self.parse = parse
        self.show = show
    }
}

extension SettingKind where Value == String {
    /// Any text.
    public static let text = SettingKind(accepted: "text", parse: { text throws(SettingRefusal) in text }, show: { $0 })

    /// A file or folder.
    public static let path = SettingKind(
        accepted: "a path",
        parse: { text throws(SettingRefusal) in
            // Only a shell knows what `~` means; taken literally it would make a folder of that name.
            if text.hasPrefix("~") { throw SettingRefusal("begins with ~; write the folder out") }
            return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
        }, show: { $0 })

    /// A URL of one of `schemes`, kept as text; web addresses lose their slash at the end.
    public static func url(schemes: [String] = ["http", "https"]) -> SettingKind {
        SettingKind(
            accepted: "a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: " or "))",
            parse: { text throws(SettingRefusal) in
                guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0 + "://") }) else {
                    throw SettingRefusal("does not begin with a known scheme")
                }
                let rest = text.dropFirst(scheme.count + 3)
                guard !rest.isEmpty, !rest.contains(where: \.isWhitespace) else {
                    throw SettingRefusal("is not a whole URL")
                }
                guard scheme.hasPrefix("http") else { return text }
                guard rest.first != "/" else { throw SettingRefusal("has no host") }
                return String(text.reversed().drop { $0 == "/" }.reversed())
            }, show: { withoutPassword($0) })
    }

    /// One of `words`.
    public static func choice(_ words: [String]) -> SettingKind {
        SettingKind(
            accepted: words.joined(separator: ", "),
            parse: { text throws(SettingRefusal) in
                guard words.contains(text) else { throw SettingRefusal("is none of the choices") }
                return text
            }, show: { $0 })
    }
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases of an enumeration, by its raw value.
    public static var enumeration: SettingKind {
        let words = Value.allCases.map(\.rawValue)
        return SettingKind(
            accepted: words.joined(separator: ", "),
            parse: { text throws(SettingRefusal) in
                guard let value = Value(rawValue: text) else { throw SettingRefusal("is none of the choices") }
                return value
            }, show: { $0.rawValue })
    }
}

extension SettingKind where Value == Bool {
    /// Yes or no, in the usual spellings.
    public static let boolean = SettingKind(
        accepted: "true or false",
        parse: { text throws(SettingRefusal) in
            switch text.lowercased() {
            case "true", "yes", "on", "1": return true
            case "false", "no", "off", "0": return false
            default: throw SettingRefusal("is neither true nor false")
            }
        }, show: { $0 ? "true" : "false" })
}

extension SettingKind where Value == Secret {
    /// A password or key of at least `length` characters, and none of the words that manuals use as examples.
    public static func secret(atLeast length: Int = 1) -> SettingKind {
        let examples = ["changeme", "change-me", "password", "secret", "admin", "default", "example", "123456"]
        return SettingKind(
            accepted: length > 1 ? "a secret of at least \(length) characters" : "a secret", isSecret: true,
            parse: { text throws(SettingRefusal) in
                guard text.count >= length else { throw SettingRefusal("is shorter than \(length) characters") }
                guard !examples.contains(text.lowercased()) else { throw SettingRefusal("is a word anybody would try") }
                return Secret(text)
            }, show: { $0.description })
    }
}

extension SettingKind {
    /// What `kind` accepts, or nothing.
    public static func optional<Wrapped>(_ kind: SettingKind<Wrapped>) -> SettingKind where Value == Wrapped? {
        SettingKind(
            accepted: "\(kind.accepted), or nothing", isSecret: kind.isSecret,
            parse: { text throws(SettingRefusal) in try kind.parse(text) }, show: { $0.map(kind.show) ?? "" })
    }

    /// What `kind` accepts, any number of times with commas between.
    public static func list<Element>(of kind: SettingKind<Element>) -> SettingKind where Value == [Element] {
        SettingKind(
            accepted: "\(kind.accepted); several with commas between", isSecret: kind.isSecret,
            parse: { text throws(SettingRefusal) in
                var elements: [Element] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let part = part.trimmed
                    guard !part.isEmpty else { throw SettingRefusal("has an empty element") }
                    elements.append(try kind.parse(part))
                }
                return elements
            }, show: { $0.map(kind.show).joined(separator: ",") })
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Hides the passwords of `scheme://user:password@host?password=...`, of which people copy the doctor's answer into bug
/// reports.
func withoutPassword(_ text: String) -> String {
    guard let mark = text.firstRange(of: "://") else { return text }
    let authority = text[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
        return withoutPasswordParameters(text[...])
    }
    return text[...colon] + "(hidden)" + withoutPasswordParameters(text[at...])
}

private func withoutPasswordParameters(_ text: Substring) -> String {
    guard let question = text.firstIndex(of: "?") else { return String(text) }
    let parameters = text[text.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
    let shown = parameters.map { parameter in
        let name = parameter.prefix { $0 != "=" }
        return name.lowercased().contains("password") ? name + "=(hidden)" : parameter
    }
    return text[...question] + shown.joined(separator: "&")
}
