import Glibc
import Storage

/// An open file or folder, closed when its owner is done with it.
struct Descriptor: ~Copyable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Hands the number to somebody else, who closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Its kind, size and times.
    func information() throws(StorageError) -> stat {
        var information = stat()
        guard fstat(number, &information) == 0 else { throw StorageError(errno: errno) }
        return information
    }
}

extension stat {
    var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}

extension StorageError {
    /// What a failed system call means, without any path.
    init(errno code: Int32) {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: self = .full
        case EACCES, EPERM, EROFS:
            self = .unavailable("the program may not read or write there; check the folder's owner and mode")
        case EMFILE, ENFILE: self = .unavailable("too many files are open; raise the limit (ulimit -n)")
        default:
            var text = [CChar](repeating: 0, count: 128)
            let isKnown = strerror_r(code, &text, text.count) == 0
            let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            self = .unavailable(isKnown ? reason : "error \(code)")
        }
    }
}
