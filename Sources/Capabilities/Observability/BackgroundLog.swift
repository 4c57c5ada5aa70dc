public import Concurrency
import FoundationEssentials

/// Writes log lines on a thread of its own, to one or several destinations.
///
/// Who logs never waits for a disk or a terminal. When lines come faster than they can be written and the queue is
/// full, further ones are dropped and counted, and the count is logged as soon as there is room.
public final class BackgroundLog: LogSink {
    fileprivate struct Entry: Sendable {
        let line: LogLine
        let time: Date
    }
    private struct State {
        var waiting: [Entry] = []
        var isWriting = false
        var dropped = 0
        var droppedInAll = 0
    }

    private let state = Locked(State())
    private let writer: LogWriter
    private let capacity: Int
    private let clock: any WallClock

    /// Creates the log.
    /// - Parameter capacity: Lines that may wait.
    public init(_ destinations: [LogDestination], capacity: Int = 8192, clock: any WallClock = SystemClock()) {
        writer = LogWriter(destinations)
        self.capacity = capacity
        self.clock = clock
    }

    /// Lines that were dropped since the start.
    public var droppedCount: Int { state.withLock { $0.droppedInAll } }

    /// Queues one line.
    public func write(_ line: LogLine) {
        let entry = Entry(line: line, time: clock.now)
        let mustWake = state.withLock { state in
            guard state.waiting.count < capacity else {
                state.dropped += 1
                state.droppedInAll += 1
                return false
            }
            state.waiting.append(entry)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustWake { Task.immediate { await writer.drain(self) } }
    }

    /// Returns when everything logged before is with its destinations; call it before the program ends.
    public func flush() async { await writer.drain(self) }

    /// What waits; nothing ends the writing until the next line.
    fileprivate func take() -> [Entry] {
        let now = clock.now
        return state.withLock { state in
            var entries = state.waiting
            state.waiting.removeAll(keepingCapacity: true)
            if state.dropped > 0 {
                entries.append(Entry(line: .dropped(state.dropped), time: now))
                state.dropped = 0
            }
            if entries.isEmpty { state.isWriting = false }
            return entries
        }
    }
}

/// The thread that writes.
private actor LogWriter {
    private nonisolated let executor = ThreadExecutor(name: "log")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var destinations: [LogDestination]

    init(_ destinations: [LogDestination]) { self.destinations = destinations }

    func drain(_ log: BackgroundLog) {
        while true {
            let entries = log.take()
            if entries.isEmpty { return }
            for destination in destinations {
                for entry in entries {
                    // One write for each line: what others write to the same place stays between lines.
                    destination.output.write(Array(destination.format.text(of: entry.line, at: entry.time).utf8))
                }
            }
        }
    }
}

extension LogLine {
    fileprivate static func dropped(_ count: Int) -> LogLine {
        LogLine(
            level: .warning, label: "log", message: "lines were dropped because they came too fast",
            fields: ["count": .integer(count)])
    }
}

/// A place for log lines, and how they are worded there.
public struct LogDestination: Sendable {
    let format: LogFormat
    let output: any LogOutput

    init(_ format: LogFormat, _ output: any LogOutput) {
        self.format = format
        self.output = output
    }

    /// The program's standard output.
    public static func standardOutput(_ format: LogFormat) -> LogDestination {
        LogDestination(format, DescriptorOutput(descriptor: 1))
    }

    /// A file that begins anew when it has grown to `limitInBytes`; the `keeping` files before it stay beside it as
    /// `NAME.1` (the youngest), `NAME.2` and so on.
    /// - Throws: ``LogFileError`` when the file cannot be opened.
    public static func file(
        _ path: String, _ format: LogFormat, limitInBytes: Int = 10_000_000, keeping: Int = 5
    ) throws(LogFileError) -> LogDestination {
        LogDestination(format, try RotatedFile(path: path, limitInBytes: limitInBytes, keeping: keeping))
    }
}

/// Where bytes of log lines go; called from one thread, may block, does not fail.
protocol LogOutput: Sendable {
    func write(_ line: [UInt8])
}
