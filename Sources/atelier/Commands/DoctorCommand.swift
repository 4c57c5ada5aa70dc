import Imaging
import Observability
import Settings
import Storage
import StorageFile

/// Says where every setting comes from and whether what it names works.
enum DoctorCommand: Command {
    static let specification = CommandSpecification(
        name: "doctor", summary: "Prints every setting with its source and tests what they name.")

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let settings = try ProgramSettings.load(writingSecrets: false)
        for entry in settings.configuration.entries {
            Terminal.out("\(entry.name.padded(to: 30))\(entry.value.padded(to: 40))\(entry.source)")
        }
        var isWell = true
        for probe in probes(settings) {
            do {
                Terminal.out("ok    \(probe.name.padded(to: 12))\(try await probe.test())")
            } catch {
                isWell = false
                Terminal.out("FAIL  \(probe.name.padded(to: 12))\(error)")
            }
        }
        return isWell ? .done : .failed
    }

    private struct Probe {
        let name: String
        let test: () async throws -> String
    }

    private static func probes(_ settings: ProgramSettings) -> [Probe] {
        [
            Probe(name: "database") { try await settings.examineDatabase() },
            Probe(name: "engine") { try await settings.examineEngine() },
            Probe(name: "storage") {
                let store = try await FileStore(root: settings.path(StorageSettings.url, scheme: "file"))
                let key = try StorageKey("doctor/probe.txt")
                _ = try await store.put(.bytes(Array("probe".utf8)), at: key, mediaType: "text/plain")
                try await store.delete(key)
                let free = await store.usage().freeBytes.map { ", \($0 >> 30) GB free" } ?? ""
                return "can be written\(free)"
            },
            Probe(name: "imaging") { "libvips \(try Composition.imageEngine(settings).version)" },
            Probe(name: "providers") { "procedural (built in)" },
        ]
    }
}
