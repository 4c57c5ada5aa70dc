extension VipsImage {
    /// Writes a picture in sRGB as a file that holds a small sRGB profile, the mark `provenance`, and no other metadata:
    /// no place, camera, owner or preview of the source.
    func encoded(as encoding: Encoding, provenance: Provenance?) throws(VipsFailure) -> EncodedImage {
        var call = try VipsCall(encoding.format.saver, in: library)
        // A node of its own, because the mark is written to it.
        let picture = try applying("copy")
        if let provenance { picture.attach(provenance.xmpPacket, as: .xmp) }
        try call.set("in", to: .image(picture))
        // Here from 8.15 on. Earlier versions keep all that the image has, which is no more than this, and add an EXIF
        // segment with the resolution.
        if call.accepts("keep") {
            try call.set("keep", to: .flags(Kept.profile | (provenance == nil ? 0 : Kept.xmp)))
        }
        // A grey picture keeps one channel, which an RGB profile would not fit.
        if bands >= 3 { try call.set("profile", to: .string("srgb")) }
        switch encoding {
        case .jpeg(let quality): try call.set(["Q": .int(quality), "background": .doubles([255])])
        case .png: break
        case .webp(let quality): try call.set("Q", to: .int(quality))
        }
        try call.build()
        return EncodedImage(bytes: try call.bytes(), size: size, format: encoding.format)
    }

    /// Members of VipsForeignKeep.
    private enum Kept {
        static let xmp: UInt32 = 1 << 1
        static let profile: UInt32 = 1 << 3
    }
}
