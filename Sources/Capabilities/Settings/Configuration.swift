/// The settings of a run: read once, checked together, and then only looked up.
public struct Configuration: Sendable {
    /// Where a value comes from.
    public enum Source: Sendable, Equatable {
        case `default`
        case environment
        case file(line: Int)
    }

    /// One setting as it stands, for people.
    public struct Entry: Sendable, Equatable {
        /// The environment variable.
        public let name: String
        /// Its value as it would be written; `(hidden)` for a secret.
        public let value: String
        /// Where it comes from.
        public let source: Source
        /// What it is for.
        public let meaning: String
    }

    /// Every setting in the order of declaration.
    public let entries: [Entry]
    /// What is odd but does not stop the start, one line each.
    public let warnings: [String]
    private let values: [String: any Sendable]

    /// Reads `settings` from `environment` and `file`, of which the environment wins.
    ///
    /// A name that is set to nothing counts as not set.
    /// - Throws: ``ConfigurationError`` with every fault, also of `file`, and unknown names that begin with `ATELIER_`.
    public init(
        _ settings: [any SettingDeclaration], environment: [String: String], file: EnvironmentFile = .empty
    ) throws(ConfigurationError) {
        let reading = Reading(settings, environment: environment, file: file)
        for setting in settings { reading.read(setting) }
        reading.findUnknownNames()
        guard reading.faults.isEmpty else { throw ConfigurationError(faults: reading.faults) }
        values = reading.values
        warnings = reading.warnings
        entries = settings.map { setting in
            Entry(
                name: setting.name, value: reading.values[setting.name].map(setting.show) ?? "",
                source: reading.source(of: setting.name), meaning: setting.meaning)
        }
    }

    /// The value of `setting`, which must be among those that were read.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        guard let value = values[setting.name] as? Value else {
            preconditionFailure("the setting \(setting.name) was not given to the configuration; add its module's list")
        }
        return value
    }

    /// Where the value of `setting` comes from.
    public func source(of setting: some SettingDeclaration) -> Source {
        entries.first { $0.name == setting.name }?.source ?? .default
    }
}

extension Configuration.Source: CustomStringConvertible {
    /// `default`, `environment` or `.env line 3`.
    public var description: String {
        switch self {
        case .default: "default"
        case .environment: "environment"
        case .file(let line): ".env line \(line)"
        }
    }
}

/// Everything that is wrong with the settings, to be put right at once.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One line for each fault: the name, what is wrong, what is accepted.
    public let faults: [String]

    /// Creates an error, also for a fault that only the program can find.
    public init(faults: [String]) { self.faults = faults }

    /// The faults, one a line.
    public var description: String { faults.joined(separator: "\n") }
}
