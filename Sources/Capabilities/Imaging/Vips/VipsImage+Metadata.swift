import CVips

extension VipsImage {
    /// Names of metadata items in libvips.
    enum Item: String {
        case profile = "icc-profile-data"
        case xmp = "xmp-data"
    }

    /// The EXIF orientation, 1 to 8; 1 when the file says nothing.
    var orientation: Orientation {
        Orientation(rawValue: Int(library.functions.vips_image_get_orientation(pointer))) ?? .upright
    }

    /// Records how to show the picture.
    ///
    /// Changes the node: only for one that nobody else has yet.
    func mark(_ orientation: Orientation) {
        library.functions.vips_image_set_int(pointer, "orientation", Int32(orientation.rawValue))
    }

    func has(_ item: Item) -> Bool { library.functions.vips_image_get_typeof(pointer, item.rawValue) != 0 }

    func bytes(of item: Item) -> [UInt8]? {
        guard has(item) else { return nil }
        var start: UnsafeRawPointer?
        var count = 0
        guard library.functions.vips_image_get_blob(pointer, item.rawValue, &start, &count) == 0, let start else {
            return nil
        }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Attaches `bytes`.
    ///
    /// Changes the node: only for one that nobody else has yet.
    func attach(_ bytes: [UInt8], as item: Item) {
        bytes.withUnsafeBytes { raw in
            library.functions.vips_image_set_blob_copy(pointer, item.rawValue, raw.baseAddress, raw.count)
        }
    }
}
