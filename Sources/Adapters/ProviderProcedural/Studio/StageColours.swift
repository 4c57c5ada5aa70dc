/// The colours and materials of a set; a part names its material by its place in ``materials``.
struct StageColours {
    /// Places in the list of materials.
    enum Slot {
        static let body = 0, second = 1, metal = 2, pale = 3, dark = 4, stage = 5, accent = 6, stone = 7, glow = 8
        static let labelled = 9, dial = 10, gem = 11, liquid = 12, panels = 13
    }

    let backdrop: Vector3
    let floor: Vector3
    let isDark: Bool
    let materials: [Material]

    init(_ reading: PromptReading, chance: inout Chance) {
        let set = chance.pick(Self.sets).map(Colour.hex)
        let main = reading.colours.first ?? set[2]
        let second = reading.colours.count > 1 ? reading.colours[1] : Self.companion(of: main, &chance)
        let behind = reading.background ?? (reading.colours.isEmpty ? set[0] : Self.backdrop(for: main, &chance))
        backdrop = behind
        isDark = Colour.toLab(behind).x < 0.45
        floor = Colour.blend(behind, .one, isDark ? 0.02 : 0.06)
        let stage = isDark ? Colour.blend(behind, .one, 0.16) : Colour.blend(behind, set[1], 0.3)
        let accent = reading.colours.isEmpty ? set[3] : second
        let kind = reading.material ?? .gloss
        let metal = Self.metal(reading.words)
        let stonePattern: Material.Pattern = chance.happens(0.5) ? .veins : .speckle
        let veined = Colour.blend(stage, .one, isDark ? 0.0 : 0.45)
        let body = kind == .metal && reading.colours.isEmpty ? metal : main
        materials = [
            Material(kind: kind, albedo: body, roughness: kind == .metal ? 0.18 : 0.12),
            Material(kind: .matte, albedo: second, roughness: 0.6),
            Material(kind: .metal, albedo: metal, roughness: 0.12),
            Material(kind: .gloss, albedo: Vector3(0.86, 0.84, 0.80), roughness: 0.25),
            Material(kind: .gloss, albedo: Vector3(0.03, 0.03, 0.035), roughness: 0.2),
            Material(kind: .matte, albedo: stage, roughness: 0.8),
            Material(kind: .gloss, albedo: accent, roughness: 0.2),
            Material(kind: .gloss, albedo: veined, ink: Colour.blend(veined, .zero, 0.55), pattern: stonePattern),
            Material(kind: .glow, albedo: Vector3(1, 0.62, 0.2)),
            Material(
                kind: kind == .metal ? .gloss : kind, albedo: main, ink: Vector3(0.88, 0.85, 0.78), pattern: .label),
            Material(kind: .gloss, albedo: Vector3(0.9, 0.88, 0.84), ink: Vector3(0.04, 0.04, 0.05), pattern: .dial),
            Material(kind: .glass, albedo: mix(Vector3(0.93, 0.97, 1), main, reading.colours.isEmpty ? 0.05 : 0.5)),
            Material(kind: .glass, albedo: Colour.blend(main, .one, 0.08)),
            Material(kind: .gloss, albedo: main, ink: second, pattern: .panels, roughness: 0.5),
        ]
    }

    private static func metal(_ words: [String]) -> Vector3 {
        let silver = ["silver", "steel", "chrome", "platinum", "white"]
        if words.contains("copper") || words.contains("rose") { return Vector3(0.93, 0.60, 0.46) }
        return words.contains(where: silver.contains) ? Vector3(0.88, 0.89, 0.92) : Vector3(1.0, 0.76, 0.40)
    }

    /// A soft relative or a soft opposite: both let the product speak.
    private static func backdrop(for colour: Vector3, _ chance: inout Chance) -> Vector3 {
        let (lightness, chroma, hue) = Colour.lch(of: colour)
        let isPale = lightness > 0.82
        if lightness < 0.35, chance.happens(0.35) { return Colour.lch(0.3, 0.03, hue + 0.5) }
        let turn = chance.pick([Float(0.03), 0.5, 0.42, -0.08])
        let light: Float = isPale ? chance.number(0.62, 0.74) : chance.number(0.78, 0.88)
        return Colour.lch(light, chroma < 0.03 ? 0.05 : min(chroma * 0.45, 0.055), hue + turn)
    }

    private static func companion(of colour: Vector3, _ chance: inout Chance) -> Vector3 {
        let (lightness, chroma, hue) = Colour.lch(of: colour)
        let light: Float = lightness > 0.6 ? 0.38 : 0.88
        return Colour.lch(light, min(chroma, 0.09), hue + chance.pick([Float(0), 0.08, 0.5]))
    }

    /// Backdrop, plinth, product, accent.
    private static let sets: [[UInt32]] = [
        [0xF0_C9B2, 0xE3_A98C, 0x2F_4858, 0xF2_E6D4], [0xBF_C9B4, 0x9D_AD92, 0xE8_DCC6, 0xC9_7B4A],
        [0xCF_C7E4, 0xAE_A2D0, 0xF3_D9C6, 0x6A_5A9A], [0x1C_2A40, 0x2F_4260, 0xC9_8A3C, 0xE4_D8C2],
        [0xD0_8466, 0xB8_6448, 0xF1_E2CE, 0x3F_5A50], [0xB4_C9D6, 0x8F_ACBE, 0xE9_8A6A, 0xF4_EFE6],
        [0xEE_DDA8, 0xDC_BF78, 0x2E_6A66, 0xC9_5A3C], [0x2B_2B30, 0x44_444C, 0xB8_8A4E, 0x8A_8E96],
        [0xE9_D5CE, 0xD4_ADA4, 0x8E_3B46, 0xF6_EEE4], [0xC8_D8CC, 0x9E_BCA8, 0x2C_5A4A, 0xF0_DCA4],
    ]
}
