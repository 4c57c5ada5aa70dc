import AtelierTesting
import Concurrency
import Foundation
import Testing

@testable import Observability

/// Keeps lines in the order in which they came.
final class Lines: Sendable {
    private let lines = Locked<[LogLine]>([])
    var all: [LogLine] { lines.withLock { $0 } }
    func add(_ line: LogLine) { lines.withLock { $0.append(line) } }
}

/// Holds the log's thread at its first line until the test lets it go.
private struct GatedOutput: LogOutput {
    let gate = ThreadGate()
    let reached = ShutdownSignal()
    let texts = Texts()

    final class Texts: Sendable {
        private let texts = Locked<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    func write(_ line: [UInt8]) {
        reached.trigger()
        gate.wait()
        texts.add(String(decoding: line, as: UTF8.self))
    }
}

@Suite struct `The background log` {
    @Test func `writes every line of many tasks, whole`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("logs/atelier.log")
            let log = BackgroundLog([
                try .file(path, .json), try .file(folder.file("plain.log"), .human(coloured: false)),
            ])
            let logger = Logger(label: "test", sink: log)

            await withTaskGroup(of: Void.self) { group in
                for task in 0..<20 {
                    group.addTask {
                        for number in 0..<100 {
                            logger.info("line", ["task": .integer(task), "number": .integer(number)])
                        }
                    }
                }
            }
            await log.flush()

            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2000)
            for line in lines { #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]) }
            // Of each task the lines are in order.
            #expect(lines.filter { $0.contains("\"task\":7}") }.first?.contains("\"number\":0,") == true)
            #expect(
                try String(contentsOfFile: folder.file("plain.log"), encoding: .utf8).split(separator: "\n").count
                    == 2000)
            #expect(log.droppedCount == 0)
        }
    }

    @Test func `never makes anybody wait: what it cannot hold is dropped, counted and told`() async {
        let output = GatedOutput()
        let log = BackgroundLog([LogDestination(.json, output)], capacity: 10)
        let logger = Logger(label: "test", sink: log)

        logger.info("first")
        await output.reached.wait()
        for number in 0..<25 { logger.info("line \(number)") }
        #expect(log.droppedCount == 15)
        output.gate.open()
        await log.flush()

        let texts = output.texts.all
        #expect(texts.count == 12)
        #expect(texts[10].contains("line 9"))
        #expect(texts[11].contains("lines were dropped") && texts[11].contains("\"count\":15"))
    }

    @Test func `keeps the time at which something was logged`() async throws {
        let clock = ManualClock()
        let output = GatedOutput()
        let log = BackgroundLog([LogDestination(.json, output)], clock: clock)
        Logger(label: "test", sink: log).info("early")
        clock.advance(by: .seconds(3600))
        output.gate.open()
        await log.flush()
        #expect(output.texts.all[0].contains("2026-01-01T00:00:00.000Z"))
    }

    @Test func `begins a new file at the limit and keeps so many old ones`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("a.log")
            let log = BackgroundLog([try .file(path, .human(coloured: false), limitInBytes: 1000, keeping: 2)])
            let logger = Logger(label: "test", sink: log)
            for number in 0..<100 { logger.info("number \(number) of a hundred") }
            await log.flush()

            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == ["a.log", "a.log.1", "a.log.2"])
            for name in names {
                let text = try String(contentsOfFile: folder.file(name), encoding: .utf8)
                #expect(text.utf8.count <= 1000)
                #expect(text.hasSuffix("hundred\n"))
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains("number 99 "))
        }
    }

    @Test func `goes on in the same file after a restart, and in a new one when somebody takes it away`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("a.log")
            for text in ["first run", "second run"] {
                let log = BackgroundLog([try .file(path, .json)])
                Logger(label: "test", sink: log).info(text)
                await log.flush()
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 2)

            let log = BackgroundLog([try .file(path, .json)])
            try FileManager.default.removeItem(atPath: path)
            Logger(label: "test", sink: log).info("third")
            await log.flush()
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains("third"))
        }
    }

    @Test func `two programs share a file across its rotation and lose nothing`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("a.log")
            let logs = try (0..<2).map { _ in BackgroundLog([try .file(path, .json, limitInBytes: 2000, keeping: 50)]) }
            for number in 0..<100 {
                Logger(label: "test", sink: logs[number % 2]).info("line \(number)")
                await logs[number % 2].flush()
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let text = try files.map { try String(contentsOfFile: folder.file($0), encoding: .utf8) }.joined()
            #expect(text.split(separator: "\n").count == 100)
            #expect(files.count > 2)
        }
    }

    @Test func `says which file cannot be opened, without its folder`() async throws {
        try await withTemporaryFolder { folder in
            #expect {
                _ = try LogDestination.file(folder.path, .json)
            } throws: { error in
                !"\(error)".contains("/tmp") && "\(error)".contains("cannot be opened")
            }
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a file system"))
    func `loses lines on a full disk, and nothing else`() async throws {
        let disk = try SmallDisk(megabytes: 1)
        let path = disk.path + "/a.log"
        let log = BackgroundLog([try .file(path, .json)])
        disk.fill(disk.path + "/ballast")
        for number in 0..<100 {
            Logger(label: "test", sink: log).info("line \(number) \(String(repeating: "x", count: 500))")
        }
        await log.flush()

        unlink(disk.path + "/ballast")
        Logger(label: "test", sink: log).info("room again")
        await log.flush()
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("room again"))
    }
}
