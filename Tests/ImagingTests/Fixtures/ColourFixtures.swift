import Foundation

@testable import Imaging

/// Files in colour spaces that the engine reads but never writes, made with the library it uses.
enum ColourFixtures {
    /// `bitmap` converted to one of libvips' built-in profiles ("p3", "cmyk"), as a JPEG with or without the profile.
    static func jpeg(_ bitmap: Bitmap, in profile: String, keepingProfile: Bool = true) throws -> [UInt8] {
        let library = try VipsLibrary.open(TestEngine.location)
        let converted = try VipsImage(bitmap, in: library).applying(
            "icc_transform",
            [
                "input_profile": .string("srgb"), "output_profile": .string(profile), "black_point_compensation": true,
            ])
        var call = try VipsCall("jpegsave_buffer", in: library)
        try call.set(["in": .image(converted), "Q": 100])
        if call.accepts("keep") {
            try call.set("keep", to: .flags(keepingProfile ? 8 : 0))
        } else if !keepingProfile {
            try call.set("strip", to: true)
        }
        try call.build()
        return try call.bytes()
    }

    /// Adobe RGB (1998): its colorants relative to D50, and its gamma of 563/256.
    static let adobeRGBProfile = profile(
        primaries: [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]],
        curve: Array("curv".utf8) + [0, 0, 0, 0, 0, 0, 0, 1, 0x02, 0x33, 0, 0])

    static let sRGBPrimaries = [[0.4360, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]]

    /// The curve of sRGB as a formula, as version 4 profiles have it.
    static let sRGBFormula: [UInt8] =
        Array("para".utf8) + [0, 0, 0, 0, 0, 3, 0, 0]
        + [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].flatMap(fixed)

    /// The curve of sRGB as a table, as version 2 profiles have it.
    static let sRGBTable: [UInt8] =
        Array("curv".utf8) + [0, 0, 0, 0, 0, 0, 4, 0]
        + (0..<1024).flatMap { index -> [UInt8] in
            let value = Double(index) / 1023
            let linear = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            return JPEGSurgery.bigEndian16(Int((linear * 65_535).rounded()))
        }

    /// A profile of three colours and one curve for all of them (ICC.1:2001-04, sections 6.1 to 6.5).
    static func profile(primaries: [[Double]], curve: [UInt8]) -> [UInt8] {
        let colours = zip(["rXYZ", "gXYZ", "bXYZ", "wtpt"], primaries + [[0.9642, 1, 0.8249]])
        let xyz = colours.map { ($0, Array("XYZ ".utf8) + [0, 0, 0, 0] + $1.flatMap(fixed)) }
        let curves = ["rTRC", "gTRC", "bTRC"].map { ($0, curve) }
        let description: [UInt8] =
            Array("desc".utf8) + [0, 0, 0, 0, 0, 0, 0, 6] + Array("Adobe".utf8) + [0] + [UInt8](repeating: 0, count: 78)
        let copyright: [UInt8] = Array("text".utf8) + [0, 0, 0, 0] + Array("none".utf8) + [0, 0, 0, 0]
        return profile(tags: [("desc", description), ("cprt", copyright)] + xyz + curves)
    }

    private static func profile(tags: [(String, [UInt8])]) -> [UInt8] {
        var table = PNGWriter.bigEndian32(tags.count)
        var data: [UInt8] = []
        for (name, content) in tags {
            let offset = 128 + 4 + tags.count * 12 + data.count
            table += Array(name.utf8) + PNGWriter.bigEndian32(offset) + PNGWriter.bigEndian32(content.count)
            data += content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        }
        var header = [UInt8](repeating: 0, count: 128)
        header.replaceSubrange(0..<4, with: PNGWriter.bigEndian32(128 + table.count + data.count))
        header.replaceSubrange(8..<12, with: [2, 0x10, 0, 0])
        header.replaceSubrange(12..<24, with: Array("mntrRGB XYZ ".utf8))
        header.replaceSubrange(36..<40, with: Array("acsp".utf8))
        header.replaceSubrange(68..<80, with: [0.9642, 1, 0.8249].flatMap(fixed))
        return header + table + data
    }

    private static func fixed(_ value: Double) -> [UInt8] {
        PNGWriter.bigEndian32(Int((value * 65_536).rounded()))
    }

    /// What `colour` in Adobe RGB (1998) is in sRGB, by the definitions of both: an independent reference.
    static func sRGB(ofAdobe colour: [UInt8]) -> [UInt8] {
        let linear = colour.map { pow(Double($0) / 255, 563.0 / 256) }
        let matrix = [[1.39836, -0.39836, 0], [0, 1, 0], [0, -0.04293, 1.04293]]
        return matrix.map { row in
            let sum = zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }
            let value = sum <= 0.0031308 ? 12.92 * max(0, sum) : 1.055 * pow(sum, 1 / 2.4) - 0.055
            return UInt8(min(255, max(0, (value * 255).rounded())))
        }
    }

    /// The APP2 segment that carries a profile.
    static func profileSegment(_ profile: [UInt8]) -> [UInt8] {
        Array("ICC_PROFILE".utf8) + [0, 1, 1] + profile
    }
}
