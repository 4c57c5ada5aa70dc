import CVips

/// A node of a libvips pipeline: a picture whose pixels are computed when something asks for them.
///
/// Sendable by proof: libvips shares nodes between threads, and they never change here. What changes a node
/// (`setMetadata`, `watch`) is called by its maker before anyone else has it.
final class VipsImage: @unchecked Sendable {
    let pointer: atelier_vips_image
    let library: VipsLibrary

    init(owning pointer: atelier_vips_image, in library: VipsLibrary) {
        self.pointer = pointer
        self.library = library
    }

    deinit { library.functions.g_object_unref(UnsafeMutableRawPointer(pointer)) }

    var width: Int { Int(library.functions.vips_image_get_width(pointer)) }
    var height: Int { Int(library.functions.vips_image_get_height(pointer)) }
    var size: PixelSize { PixelSize(width: width, height: height) }
    var bands: Int { Int(library.functions.vips_image_get_bands(pointer)) }
    var hasAlpha: Bool { library.functions.vips_image_hasalpha(pointer) != 0 }
    var interpretation: VipsInterpretation? {
        VipsInterpretation(rawValue: library.functions.vips_image_get_interpretation(pointer))
    }
    var isEightBit: Bool { library.functions.vips_image_get_format(pointer) == VipsImage.unsignedChar }

    /// VIPS_FORMAT_UCHAR.
    static let unsignedChar: Int32 = 0

    /// An image from one operation.
    static func make(
        _ operation: String, in library: VipsLibrary, _ arguments: KeyValuePairs<String, VipsValue>
    ) throws(VipsFailure) -> VipsImage {
        var call = try VipsCall(operation, in: library)
        try call.set(arguments)
        try call.build()
        return try call.image()
    }

    /// What `operation` makes of this image.
    func applying(
        _ operation: String, as input: String = "in", _ arguments: KeyValuePairs<String, VipsValue> = [:]
    ) throws(VipsFailure) -> VipsImage {
        var call = try VipsCall(operation, in: library)
        try call.set(input, to: .image(self))
        try call.set(arguments)
        try call.build()
        return try call.image()
    }

    /// Computes all pixels now, once: needed before several results share this image, or it is computed for each.
    func rendered() throws(VipsFailure) -> VipsImage {
        guard let memory = library.functions.vips_image_copy_memory(pointer) else {
            throw VipsFailure(operation: "copy_memory", detail: library.takeErrorText())
        }
        return VipsImage(owning: memory, in: library)
    }

    /// The picture as it is to be seen.
    ///
    /// Turning reads pixels out of order, so they are computed first.
    func turnedUpright() throws(VipsFailure) -> VipsImage {
        orientation == .upright ? self : try rendered().applying("autorot")
    }

    /// All pixels, rows from the top, bands interleaved, without padding.
    ///
    /// Eight-bit images only.
    func pixels() throws(VipsFailure) -> [UInt8] {
        var count = 0
        guard let start = library.functions.vips_image_write_to_memory(pointer, &count) else {
            throw VipsFailure(operation: "write_to_memory", detail: library.takeErrorText())
        }
        defer { library.functions.g_free(start) }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// An image from packed eight-bit pixels, copied.
    ///
    /// It carries no metadata.
    convenience init(
        copying pixels: UnsafeRawBufferPointer, size: PixelSize, bands: Int, as interpretation: VipsInterpretation,
        in library: VipsLibrary
    ) throws(VipsFailure) {
        let raw = library.functions.vips_image_new_from_memory_copy(
            pixels.baseAddress, pixels.count, Int32(size.width), Int32(size.height), Int32(bands), Self.unsignedChar)
        guard let raw else {
            throw VipsFailure(operation: "new_from_memory_copy", detail: library.takeErrorText())
        }
        try self.init(sharing: VipsImage(owning: raw, in: library).meaning(interpretation))
    }

    /// An image over memory that it keeps until it is gone itself, eight bits a channel.
    convenience init(
        sharing memory: PixelMemory, size: PixelSize, bands: Int, in library: VipsLibrary
    ) throws(VipsFailure) {
        let raw = library.functions.vips_image_new_from_memory(
            memory.start, memory.byteCount, Int32(size.width), Int32(size.height), Int32(bands), Self.unsignedChar)
        guard let raw else { throw VipsFailure(operation: "new_from_memory", detail: library.takeErrorText()) }
        // Tied to the object of libvips, not to this one: nodes made from it can live longer than `self`.
        library.functions.g_object_set_data_full(
            UnsafeMutableRawPointer(raw), "atelier-memory", Unmanaged.passRetained(memory).toOpaque(),
            { pointer in if let pointer { Unmanaged<PixelMemory>.fromOpaque(pointer).release() } })
        self.init(owning: raw, in: library)
    }

    /// The same pixels, told what they mean: raw ones count as "multiband" until then.
    func meaning(_ interpretation: VipsInterpretation) throws(VipsFailure) -> VipsImage {
        try applying("copy", ["interpretation": .nick(interpretation.nick)])
    }

    /// Another reference to the node of `other`.
    convenience init(sharing other: VipsImage) {
        _ = other.library.functions.g_object_ref(UnsafeMutableRawPointer(other.pointer))
        self.init(owning: other.pointer, in: other.library)
    }
}

/// What the numbers of a picture mean: the members of VipsInterpretation that the accepted formats give.
enum VipsInterpretation: Int32 {
    case blackAndWhite = 1
    case cmyk = 15
    case srgb = 22
    case rgb16 = 25
    case grey16 = 26

    var nick: String {
        switch self {
        case .blackAndWhite: "b-w"
        case .cmyk: "cmyk"
        case .srgb: "srgb"
        case .rgb16: "rgb16"
        case .grey16: "grey16"
        }
    }
}
