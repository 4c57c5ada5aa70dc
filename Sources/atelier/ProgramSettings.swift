import Cryptography
import Database
import FoundationEssentials
import HTTPClient
import Identity
import Imaging
import Observability
import Settings
import Storage
import Web
import Webhooks
import Workflows
import WorkflowsTemporal

/// The settings of every module, read once.
struct ProgramSettings: Sendable {
    let configuration: Configuration

    static let all: [any SettingDeclaration] =
        CommonSettings.all + WebSettings.all + IdentitySettings.all + DatabaseSettings.all + StorageSettings.all
        + WorkflowSettings.all + ImagingSettings.all + LogSettings.all + OutboundSettings.all
        + WebhookSettings.all + TemporalSettings.all

    subscript<Value>(_ setting: Setting<Value>) -> Value { configuration[setting] }

    /// Reads the environment and `.env`.
    ///
    /// - Parameter writingSecrets: Whether secrets that nobody has set are made up and written to `.env` first.
    /// - Throws: ``ExitCode/wrongConfiguration`` once every fault was printed.
    static func load(writingSecrets: Bool) throws -> ProgramSettings {
        let environment = ProcessInfo.processInfo.environment
        do {
            if writingSecrets { try writeSecrets(environment) }
            let file = EnvironmentFile.load(path: ".env")
            let configuration = try Configuration(all, environment: environment, file: file)
            for warning in configuration.warnings { Terminal.error("atelier: " + warning) }
            return ProgramSettings(configuration: configuration)
        } catch let error as ConfigurationError {
            for fault in error.faults { Terminal.error("atelier: " + fault) }
            throw ExitCode.wrongConfiguration
        } catch let refusal as SettingRefusal {
            Terminal.error("atelier: .env: \(refusal.reason)")
            throw ExitCode.wrongConfiguration
        }
    }

    /// Settings of a demonstration: a scratch folder, a spare port, secrets of its own, nothing from outside but libvips.
    ///
    /// - Parameter database: A `DATABASE_URL`; nil for a file in the folder.
    static func demonstration(home: String, database: String? = nil) throws -> ProgramSettings {
        var environment = [
            CommonSettings.home.name: home, WebSettings.port.name: "0", LogSettings.level.name: "warning",
            IdentitySettings.apiUsername.name: "demo", IdentitySettings.apiPassword.name: Hex.encode(randomBytes(16)),
            IdentitySettings.adminUsername.name: "admin",
            IdentitySettings.adminPassword.name: Hex.encode(randomBytes(16)),
            IdentitySettings.tokenSecret.name: Hex.encode(randomBytes(32)),
            StorageSettings.linkSecret.name: Hex.encode(randomBytes(32)),
        ]
        environment[DatabaseSettings.url.name] = database
        let library = ImagingSettings.library.name
        environment[library] = ProcessInfo.processInfo.environment[library]
        return ProgramSettings(configuration: try Configuration(all, environment: environment))
    }

    private static func writeSecrets(_ environment: [String: String]) throws {
        let written = try EnvironmentFile.add(
            [
                .init(IdentitySettings.apiUsername.name, comment: "HTTP Basic, for campaigns", value: "atelier"),
                .init(IdentitySettings.apiPassword.name, comment: "HTTP Basic, for campaigns", randomLength: 32),
                .init(IdentitySettings.adminUsername.name, comment: "the administrator", value: "admin"),
                .init(IdentitySettings.adminPassword.name, comment: "the administrator", randomLength: 32),
                .init(IdentitySettings.tokenSecret.name, comment: "signs access tokens", randomLength: 52),
                .init(StorageSettings.linkSecret.name, comment: "signs the links under /files", randomLength: 52),
            ], to: ".env", environment: environment, randomBytes: randomBytes)
        if !written.isEmpty { Terminal.out("wrote \(written.joined(separator: ", ")) to .env in this folder") }
    }
}

extension ProgramSettings {
    var home: String { self[CommonSettings.home] }
    var apiUsername: String { self[IdentitySettings.apiUsername] }
    var apiPassword: Secret { self[IdentitySettings.apiPassword] }
    var publicURL: String { self[WebSettings.publicURL] }

    /// A setting that is 0 for "as many as the machine has cores, times `factor`".
    func count(_ setting: Setting<Int>, timesCores factor: Int = 1) -> Int {
        let value = self[setting]
        return value > 0 ? value : ProcessInfo.processInfo.activeProcessorCount * factor
    }

    /// The path of a setting that is a URL with the scheme `scheme`.
    func path(_ setting: Setting<String>, scheme: String) -> String {
        String(self[setting].dropFirst(scheme.count + 3))
    }
}
