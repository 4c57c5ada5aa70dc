/// What the user typed: a command's name, its options and nothing else.
///
/// Options are `--name VALUE` or `--name=VALUE`; flags are `--name`. Each may stand anywhere after the command.
struct Arguments {
    let command: String
    /// The word after the command, for commands that have several subjects: `bench http`.
    let subject: String?
    /// The word after that, for subjects that are about one thing: `jobs show campaign-1`.
    let operand: String?
    private let options: [String: [String]]
    private let flags: Set<String>

    /// Reads `words`, the command's name first, by what `specification` of that command allows.
    init(_ words: [String], allowing specification: CommandSpecification) throws(UsageError) {
        command = specification.name
        var options: [String: [String]] = [:]
        var flags: Set<String> = []
        var rest = words.dropFirst()[...]
        if let first = rest.first, specification.subjects[first] != nil {
            subject = rest.removeFirst()
        } else {
            subject = nil
        }
        if let first = rest.first, !first.hasPrefix("--"), let subject, specification.operandSubjects.contains(subject)
        {
            operand = rest.removeFirst()
        } else {
            operand = nil
        }
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else { throw UsageError("\(command) takes no argument '\(word)'") }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? ""
            if specification.flags[name] != nil {
                guard parts.count == 1 else { throw UsageError("--\(name) takes no value") }
                flags.insert(name)
            } else if specification.options[name] != nil {
                guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                    throw UsageError("--\(name) needs a value")
                }
                options[name, default: []].append(value)
            } else {
                throw UsageError("\(command) knows no option --\(name)")
            }
        }
        self.options = options
        self.flags = flags
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }
    func all(_ option: String) -> [String] { options[option] ?? [] }
    func value(_ option: String) -> String? { options[option]?.last }

    func integer(_ option: String, in range: ClosedRange<Int>, default fallback: Int) throws(UsageError) -> Int {
        guard let text = value(option) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError("--\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

/// A command's options and flags with their meaning, from which `--help` is made.
struct CommandSpecification {
    let name: String
    let summary: String
    var subjects: [String: String] = [:]
    /// The subjects that may be followed by what they are about.
    var operandSubjects: Set<String> = []
    /// What that is called in the help: `ID`.
    var operandName = ""
    var options: [String: String] = [:]
    var flags: [String: String] = [:]

    var help: String {
        var subject = subjects.isEmpty ? "" : " [" + subjects.keys.sorted().joined(separator: "|") + "]"
        if !operandName.isEmpty { subject += " [\(operandName)]" }
        let hasOptions = !options.isEmpty || !flags.isEmpty
        var lines = ["usage: atelier \(name)\(subject)\(hasOptions ? " [options]" : "")", "", summary]
        let rows =
            subjects.map { ($0.key, $0.value) } + options.map { ("--\($0.key) VALUE", $0.value) }
            + flags.map { ("--\($0.key)", $0.value) }
        if !rows.isEmpty { lines.append("") }
        lines += rows.sorted { $0.0 < $1.0 }.map { "  " + $0.0.padded(to: 22) + $0.1 }
        return lines.joined(separator: "\n")
    }
}

/// The command line cannot be understood; exit code 2.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

extension String {
    /// The text with spaces behind it, `width` characters wide at least.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(1, width - count)) }
}
