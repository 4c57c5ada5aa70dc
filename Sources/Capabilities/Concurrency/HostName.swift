import Glibc

/// The name of the machine, for people.
package enum HostName {
    /// As it was at the first use.
    package static let current: String = {
        var name = [CChar](repeating: 0, count: 65)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
