import Concurrency
import Glibc

/// A log file of bounded size, with the ones before it beside it.
///
/// Several programs may write to the same file: lines are appended whole, and who finds that another has begun a new
/// file follows it there.
final class RotatedFile: LogOutput {
    private struct State {
        var descriptor: Int32 = -1
        var byteCount = 0
    }
    private let path: String
    private let limit: Int
    private let kept: Int
    private let state = Locked(State())

    init(path: String, limitInBytes: Int, keeping: Int) throws(LogFileError) {
        self.path = path
        limit = limitInBytes
        kept = keeping
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolder(String(path[..<slash])) }
        let code = state.withLock { open(&$0) }
        guard code == 0 else { throw LogFileError(file: name, code: code) }
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    private var name: String { String(path.split(separator: "/").last ?? "") }

    private func makeFolder(_ folder: String) throws(LogFileError) {
        if mkdir(folder, 0o750) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else {
            throw LogFileError(file: name, code: errno)
        }
        try makeFolder(String(folder[..<slash]))
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST else { throw LogFileError(file: name, code: errno) }
    }

    func write(_ line: [UInt8]) {
        state.withLock { state in
            if state.byteCount + line.count > limit || isElsewhere(state) { rotate(&state, for: line.count) }
            guard DescriptorOutput.writeAll(line, to: state.descriptor) else { return }
            state.byteCount += line.count
        }
    }

    /// Whether the path leads to another file by now: another program rotated, or an operator removed it.
    private func isElsewhere(_ state: State) -> Bool {
        var here = stat()
        var there = stat()
        guard stat(path, &there) == 0, fstat(state.descriptor, &here) == 0 else { return true }
        return here.st_ino != there.st_ino || here.st_dev != there.st_dev
    }

    private func rotate(_ state: inout State, for byteCount: Int) {
        if !isElsewhere(state) && state.byteCount > 0 {
            for number in stride(from: kept - 1, through: 1, by: -1) {
                rename("\(path).\(number)", "\(path).\(number + 1)")
            }
            if kept > 0 { rename(path, path + ".1") } else { unlink(path) }
        }
        let old = state.descriptor
        // When no new file can be opened the old one goes on: a long file is better than none.
        if open(&state) == 0, old >= 0 { close(old) }
    }

    /// Opens or makes the file.
    /// - Returns: Zero, or the system's error number.
    private func open(_ state: inout State) -> Int32 {
        let opened = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard opened >= 0 else { return errno }
        var information = stat()
        fstat(opened, &information)
        state = State(descriptor: opened, byteCount: Int(information.st_size))
        return 0
    }
}

/// A log file that cannot be opened.
public struct LogFileError: Error, Equatable, CustomStringConvertible {
    let file: String
    let code: Int32

    /// What to do about it.
    public var description: String {
        var text = [CChar](repeating: 0, count: 128)
        strerror_r(code, &text, text.count)
        let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "the log file \(file) cannot be opened (\(reason)); check its folder's owner and mode"
    }
}
