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

    /// A matrix profile with the colorants of Adobe RGB (1998), relative to D50, and its gamma of 563/256.
    ///
    /// ICC.1:2001-04, sections 6.1 to 6.5.
    static let adobeRGBProfile: [UInt8] = {
        let colorants: [(String, [Double])] = [
            ("rXYZ", [0.60974, 0.31111, 0.01947]), ("gXYZ", [0.20528, 0.62567, 0.06087]),
            ("bXYZ", [0.14919, 0.06322, 0.74457]), ("wtpt", [0.9642, 1, 0.8249]),
        ]
        let xyz = colorants.map { ($0.0, Array("XYZ ".utf8) + [0, 0, 0, 0] + $0.1.flatMap(fixed)) }
        let gamma: [UInt8] = Array("curv".utf8) + [0, 0, 0, 0, 0, 0, 0, 1, 0x02, 0x33, 0, 0]
        let curves = ["rTRC", "gTRC", "bTRC"].map { ($0, gamma) }
        let description: [UInt8] =
            Array("desc".utf8) + [0, 0, 0, 0, 0, 0, 0, 6] + Array("Adobe".utf8) + [0] + [UInt8](repeating: 0, count: 78)
        let copyright: [UInt8] = Array("text".utf8) + [0, 0, 0, 0] + Array("none".utf8) + [0, 0, 0, 0]
        return profile(tags: [("desc", description), ("cprt", copyright)] + xyz + curves)
    }()

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
