extension VipsImage {
    /// Writes a picture in sRGB as a file that holds a small sRGB profile, the mark `provenance`, and no other metadata:
    /// no place, camera, owner or preview of the source.
    func encoded(as encoding: Encoding, provenance: Provenance?) throws(VipsFailure) -> EncodedImage {
        let clean = try detached(as: bands == 1 ? .blackAndWhite : .srgb)
        if let provenance { clean.attach(provenance.xmpPacket, as: .xmp) }
        var call = try VipsCall(encoding.format.saver, in: library)
        try call.set("in", to: .image(clean))
        // A grey file keeps one channel, which an RGB profile would not fit.
        if bands >= 3 { try call.set("profile", to: .string("srgb")) }
        // XMP and ICC; from 8.15 on. Earlier versions keep what the image has, which is no more than that.
        if call.accepts("keep") { try call.set("keep", to: .flags(1 << 1 | 1 << 3)) }
        switch encoding {
        case .jpeg(let quality):
            try call.set(["Q": .int(quality), "background": .doubles([255])])
        case .png: break
        case .webp(let quality): try call.set("Q", to: .int(quality))
        }
        try call.build()
        return EncodedImage(bytes: try call.bytes(), size: size, format: encoding.format)
    }
}
