import Foundation
import Observability
import Testing

@Suite struct `Log lines` {
    let time = Date(timeIntervalSince1970: 1_767_225_600.0625)
    let line = LogLine(
        level: .warning, label: "http", message: "request handled",
        fields: ["status": 404, "method": "GET", "seconds": .number(0.25), "path": "/a b"])

    @Test func `are one JSON object each, with numbers as numbers`() throws {
        #expect(
            LogFormat.json.text(of: line, at: time)
                == #"{"time":"2026-01-01T00:00:00.062Z","level":"warning","label":"http","message":"request handled","#
                + #""method":"GET","path":"/a b","seconds":0.25,"status":404}"# + "\n")
    }

    @Test func `are readable for people`() {
        #expect(
            LogFormat.human(coloured: false).text(of: line, at: time)
                == #"2026-01-01T00:00:00.062Z warning http: request handled method=GET path="/a b" seconds=0.25 status=404"#
                + "\n")
        #expect(LogFormat.human(coloured: true).text(of: line, at: time).contains("\u{1B}[33mwarning"))
    }

    static let hostile = [
        "line\nforged", "\r\n{\"level\":\"error\"}", "\u{1B}[2J", "\u{0}", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}x",
        "\u{2029}x",
        "\u{202E}txt.exe", "\u{E0001}", "quote\" back\\slash",
    ]

    @Test(arguments: hostile)
    func `stay one harmless line whatever a client sent`(text: String) throws {
        let line = LogLine(level: .info, label: text, message: text, fields: [text: .text(text), "time": .text(text)])

        for format in [LogFormat.json, .human(coloured: false)] {
            let written = format.text(of: line, at: time)
            #expect(written.unicodeScalars.filter { $0 == "\n" }.count == 1)
            #expect(
                written.unicodeScalars.dropLast().allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: false
                    default: true
                    }
                })
        }
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(LogFormat.json.text(of: line, at: time).utf8)) as? [String: Any])
        #expect(object["message"] as? String == text)
        #expect(object["time"] as? String == "2026-01-01T00:00:00.062Z")
        #expect(object["field_time"] as? String == text)
    }

    @Test func `cut a long value and say how long it was`() throws {
        let line = LogLine(
            level: .info, label: "x", message: "m", fields: ["body": .text(String(repeating: "é", count: 50_000))])
        let written = LogFormat.json.text(of: line, at: time)
        #expect(written.utf8.count < 5000)
        #expect(written.contains("... (100000 bytes)"))
    }

    @Test func `hold numbers that JSON has no word for as text`() throws {
        let line = LogLine(
            level: .info, label: "x", message: "m", fields: ["a": .number(.nan), "b": .number(-.infinity)])
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(LogFormat.json.text(of: line, at: time).utf8)) as? [String: Any])
        #expect(object["a"] as? String == "nan")
        #expect(object["b"] as? String == "-inf")
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
        (4_102_444_799.999, "2099-12-31T23:59:59.998Z"),
    ])
    func `carry their time in UTC to the millisecond`(seconds: Double, text: String) throws {
        let line = LogLine(level: .info, label: "x", message: "m")
        let written = LogFormat.json.text(of: line, at: Date(timeIntervalSince1970: seconds))
        let got = written.dropFirst(9).prefix(24)
        // A double holds times this far only to a fraction of a microsecond, so the last digit may be one less.
        #expect(got == text || got.prefix(22) == text.prefix(22))
    }
}

@Suite struct `A logger` {
    final class Recorder: LogSink {
        let lines = Lines()
        func write(_ line: LogLine) { lines.add(line) }
    }

    @Test func `adds the fields of the task it runs in, and drops what is below its level`() async {
        let recorder = Recorder()
        let logger = Logger(label: "test", minimum: .info, sink: recorder)

        await LogContext.with(["request_id": "r1"]) {
            await LogContext.with(["job_id": "j1"]) {
                logger.labelled("inner").info("inside", ["own": 1])
            }
            logger.debug("too quiet")
            logger.error("outside", ["request_id": "mine"])
        }
        logger.info("after")

        #expect(recorder.lines.all.map(\.message) == ["inside", "outside", "after"])
        #expect(recorder.lines.all[0].fields == ["request_id": "r1", "job_id": "j1", "own": 1])
        #expect(recorder.lines.all[0].label == "inner")
        #expect(recorder.lines.all[1].fields == ["request_id": "mine"])
        #expect(recorder.lines.all[2].fields.isEmpty)
    }
}
