import Glibc

/// An open descriptor, such as standard output, that somebody else closes.
struct DescriptorOutput: LogOutput {
    let descriptor: Int32

    func write(_ line: [UInt8]) { _ = Self.writeAll(line, to: descriptor) }

    /// Writes all of `line`, waiting for a slow reader.
    /// - Returns: Whether it succeeded; a reader that has gone or a full disk loses the line, never the program.
    static func writeAll(_ line: [UInt8], to descriptor: Int32) -> Bool {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1000)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
