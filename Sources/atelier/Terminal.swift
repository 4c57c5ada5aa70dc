import Glibc

/// Writes to the standard streams with one system call a message, so that lines of several threads never mix.
enum Terminal {
    static func out(_ text: String) { write(text, to: 1) }
    static func error(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                bytes.baseAddress.map { Glibc.write(descriptor, $0 + sent, bytes.count - sent) } ?? 0
            }
            // A closed terminal is no reason to fail.
            guard count > 0 else { return }
            sent += count
        }
    }
}

/// What the program answers to its shell.
enum ExitCode: Int32, Error {
    case done = 0
    case failed = 1
    case wrongUsage = 2
    case wrongConfiguration = 3
}
