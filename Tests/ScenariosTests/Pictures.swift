import Foundation
import Imaging

/// Files that clients upload, good and bad, made here byte by byte.
enum Pictures {
    /// A picture with a bright disc on a grey slope, 640x480.
    static func photo() async throws -> Data {
        let library = AtelierProcess.checkout.appendingPathComponent(".libraries").path
        let engine = try ImageEngine(library: LibraryLocation(folders: [library]), threads: 1)
        var bitmap = Bitmap(size: PixelSize(width: 640, height: 480), channels: 3)
        for y in 0..<480 {
            for x in 0..<640 {
                let isDisc = (x - 420) * (x - 420) + (y - 200) * (y - 200) < 6400
                let offset = (y * 640 + x) * 3
                bitmap.pixels[offset] = isDisc ? 240 : UInt8(x / 4)
                bitmap.pixels[offset + 1] = isDisc ? 120 : UInt8(y / 3)
                bitmap.pixels[offset + 2] = isDisc ? 40 : UInt8((x ^ y) & 63)
            }
        }
        return Data(try await engine.encode(bitmap, as: .jpeg(quality: 92)).bytes)
    }

    static let text = Data("This is no picture at all, whatever its name says.".utf8)

    /// A PNG header that claims 65535x65535 pixels.
    static let giantPNG = Data(
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0xFF, 0xFF, 0, 0]
            + [
                0xFF, 0xFF, 8, 2, 0, 0, 0, 0x91, 0xAF, 0x4A, 0x2D, 0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xAF, 6,
                0x1E,
            ])
}
