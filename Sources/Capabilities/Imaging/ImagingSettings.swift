public import Settings

/// How pictures are worked on.
public enum ImagingSettings {
    /// Which library.
    public static let library = Setting(
        "ATELIER_LIBVIPS", .optional(.path), default: nil,
        meaning: "The libvips to use; unset looks in .libraries beside the program, then for the system's.")

    /// On how many threads.
    public static let threads = Setting(
        "ATELIER_IMAGE_THREADS", .integer(in: 0...256), default: 0,
        meaning: "Pictures worked on at once; 0 for one a core.")

    /// How large.
    public static let maximumMegapixels = Setting(
        "ATELIER_MAX_MEGAPIXELS", .integer(in: 1...400), default: 50, meaning: "Largest picture taken, in megapixels.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [library, threads, maximumMegapixels]
}
