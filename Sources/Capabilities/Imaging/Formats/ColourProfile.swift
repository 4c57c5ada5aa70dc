import Glibc

/// An ICC profile, read as far as to tell whether it is sRGB under whatever name.
///
/// Many cameras and tools embed one. Converting from sRGB to sRGB would change nothing and cost as much as decoding.
/// Format: ICC.1:2010, sections 7.2 (header), 7.3 (tag table), 10.5, 10.15 and 10.27 (curves and XYZ).
struct ColourProfile {
    private let file: ByteReader
    private var tags: [String: Int] = [:]

    /// Reads the table of tags; nil when it is not the profile of an RGB device described by three colours.
    init?(_ bytes: UnsafeRawBufferPointer) {
        file = ByteReader(bytes)
        guard file.starts(with: "RGB XYZ ", at: 16), file.starts(with: "acsp", at: 36),
            let count = file.bigEndian32(at: 128), (1...100).contains(count)
        else { return nil }
        for entry in stride(from: 132, to: 132 + count * 12, by: 12) {
            guard let offset = file.bigEndian32(at: entry + 4) else { return nil }
            let name = (0..<4).compactMap { file.byte(at: entry + $0) }
            tags[String(decoding: name, as: UTF8.self)] = offset
        }
        // Tables take precedence over the three colours.
        guard tags["A2B0"] == nil, tags["A2B1"] == nil else { return nil }
    }

    /// Whether colours and curves are those of IEC 61966-2-1, to within what eight bits can show.
    var isSRGB: Bool {
        Self.primaries.allSatisfy { name, expected in
            guard let offset = tags[name], file.starts(with: "XYZ ", at: offset) else { return false }
            return (0..<3).allSatisfy { abs((fixed(at: offset + 8 + $0 * 4) ?? 9) - expected[$0]) < 0.003 }
        }
            && ["rTRC", "gTRC", "bTRC"].allSatisfy { name in
                Self.samples.allSatisfy { abs((curve(name, at: $0) ?? 9) - Self.linear($0)) < 0.004 }
            }
    }

    /// The primaries of sRGB relative to D50, as profiles hold them.
    private static let primaries: [(String, [Double])] = [
        ("rXYZ", [0.4361, 0.2225, 0.0139]), ("gXYZ", [0.3851, 0.7169, 0.0971]), ("bXYZ", [0.1431, 0.0606, 0.7142]),
    ]
    private static let samples = [0.02, 0.1, 0.25, 0.5, 0.75, 0.95]

    private static func linear(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    /// A signed number with sixteen bits after the point.
    private func fixed(at offset: Int) -> Double? {
        file.bigEndian32(at: offset).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
    }

    /// What the curve `name` makes of `value`; both from 0 to 1.
    private func curve(_ name: String, at value: Double) -> Double? {
        guard let offset = tags[name] else { return nil }
        if file.starts(with: "curv", at: offset) { return sampled(at: offset, value) }
        return file.starts(with: "para", at: offset) ? parametric(at: offset, value) : nil
    }

    private func sampled(at offset: Int, _ value: Double) -> Double? {
        guard let count = file.bigEndian32(at: offset + 8), count > 1 else { return nil }
        let position = value * Double(count - 1)
        let index = Int(position)
        guard let low = file.bigEndian16(at: offset + 12 + index * 2),
            let high = file.bigEndian16(at: offset + 12 + min(count - 1, index + 1) * 2)
        else { return nil }
        return (Double(low) + Double(high - low) * (position - Double(index))) / 65_535
    }

    /// Type 3, the one with the straight piece near black: (a x + b)^g from d on, c x below.
    private func parametric(at offset: Int, _ value: Double) -> Double? {
        guard file.bigEndian16(at: offset + 8) == 3 else { return nil }
        let numbers = (0..<5).compactMap { fixed(at: offset + 12 + $0 * 4) }
        guard numbers.count == 5 else { return nil }
        return value >= numbers[4] ? pow(numbers[1] * value + numbers[2], numbers[0]) : numbers[3] * value
    }
}
