import Glibc

/// Where to find libvips, which is opened when the program starts and not linked.
public struct LibraryLocation: Sendable, Equatable {
    /// The file to open, and no other; nil to search.
    public var file: String?
    /// Folders searched, in this order, for a file named `libvips*.so*`, before the system's own library.
    public var folders: [String]

    /// Describes a place.
    ///
    /// With `file`, only that file counts: a wrong setting is reported, not covered up.
    public init(file: String? = nil, folders: [String] = []) {
        self.file = file
        self.folders = folders
    }

    /// The distribution's library.
    public static let system = LibraryLocation()

    /// What to hand to the loader, best first.
    var candidates: [String] {
        if let file { return [file] }
        return folders.flatMap(Self.libraries(in:)) + ["libvips.so.42"]
    }

    private static func libraries(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("libvips"), name.contains(".so"), !name.hasPrefix("libvips-cpp") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }
}
