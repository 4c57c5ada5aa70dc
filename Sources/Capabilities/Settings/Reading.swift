/// One pass over the settings, which collects values and faults.
final class Reading {
    private let settings: [any SettingDeclaration]
    private let environment: [String: String]
    private let file: EnvironmentFile
    private(set) var values: [String: any Sendable] = [:]
    private(set) var faults: [String]
    private(set) var warnings: [String]
    private var done: Set<String> = []

    init(_ settings: [any SettingDeclaration], environment: [String: String], file: EnvironmentFile) {
        self.settings = settings
        self.environment = environment.filter { !$0.value.trimmed.isEmpty }
        self.file = file
        faults = file.faults
        warnings = file.warnings
        let names = settings.map(\.name)
        precondition(Set(names).count == names.count, "two modules declare the same setting: \(names)")
    }

    func source(of name: String) -> Configuration.Source {
        if environment[name] != nil { return .environment }
        return file.entries[name].flatMap { $0.value.isEmpty ? nil : .file(line: $0.line) } ?? .default
    }

    func read(_ setting: any SettingDeclaration) {
        // A computed default may have read it already. Marked first, so that defaults in a circle come to an end.
        guard done.insert(setting.name).inserted else { return }
        let source = source(of: setting.name)
        do {
            values[setting.name] =
                switch source {
                case .default: try setting.makeDefault(DefaultsResolver { try self.value(of: $0) })
                case .environment: try setting.parse((environment[setting.name] ?? "").trimmed)
                case .file: try setting.parse((file.entries[setting.name]?.value ?? "").trimmed)
                }
        } catch let refusal as SettingRefusal {
            faults.append(
                "\(setting.name) (\(source)): \(shown(setting))\(refusal.reason); give \(setting.accepted)")
        } catch let missing as SettingMissing {
            faults.append("\(setting.name) is not set; \(missing.advice)")
        } catch {
            // A default that rests on a setting at fault, which has its own line.
        }
    }

    private func value(of setting: any SettingDeclaration) throws -> any Sendable {
        read(setting)
        guard let value = values[setting.name] else { throw DefaultUnavailable() }
        return value
    }

    /// The text at fault in quotes, unless it is secret: cut short, and with nothing that could move the cursor.
    private func shown(_ setting: any SettingDeclaration) -> String {
        guard !setting.isSecret else { return "the value " }
        let text = (environment[setting.name] ?? file.entries[setting.name]?.value ?? "").trimmed
        let harmless = withoutPassword(text).unicodeScalars.prefix(80).map {
            $0.properties.isPrintable ? String($0) : "?"
        }
        return "\"\(harmless.joined())\" "
    }

    func findUnknownNames() {
        let known = Set(settings.map(\.name))
        let fromFile = file.entries.keys.filter { environment[$0] == nil }
        for name in (environment.keys + fromFile).sorted() where !known.contains(name) {
            let source = source(of: name)
            let suggestion = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
            if name.hasPrefix("ATELIER_") {
                faults.append("\(name) (\(source)): there is no such setting\(suggestion)")
            } else if case .file = source, !suggestion.isEmpty {
                // Others' names may stand in the file, but one that is nearly ours is a slip of the pen.
                warnings.append("\(name) (\(source)): there is no such setting\(suggestion)")
            }
        }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

/// The name that takes the fewest changed letters, when that is few enough to be a slip.
func nearest(to name: String, among names: Set<String>) -> String? {
    let candidates = names.map { (name: $0, distance: distance(from: name, to: $0)) }
    let best = candidates.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    guard let best, best.distance <= max(2, name.count / 4) else { return nil }
    return best.name
}

/// How many letters must be put in, left out or changed (Levenshtein's distance).
private func distance(from left: String, to right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (i, letter) in left.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let changed = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
