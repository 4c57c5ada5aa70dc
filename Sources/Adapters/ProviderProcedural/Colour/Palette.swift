/// Five colours that go together, dark to light as a rule, and what they are good for.
struct Palette: Sendable {
    let colours: [Vector3]
    /// Those that are near relatives, dark to light: for what must look like one cloth or one stone.
    private(set) var family: [Vector3] = []

    var darkest: Vector3 { colours.min { Colour.toLab($0).x < Colour.toLab($1).x } ?? .zero }
    var lightest: Vector3 { colours.max { Colour.toLab($0).x < Colour.toLab($1).x } ?? .one }

    /// The colours that the prompt names with their relatives, or one of the sets below.
    init(_ named: [Vector3], chance: inout Chance) {
        defer {
            family = Self.ordered(named.count == 1 ? colours.indices.filter { $0 != 3 }.map { colours[$0] } : colours)
        }
        guard let first = named.first else {
            colours = chance.pick(Self.sets).map(Colour.hex)
            return
        }
        if named.count >= 3 {
            colours = (named + Self.relatives(of: first, &chance)).prefix(max(5, min(named.count, 6))).map { $0 }
        } else if named.count == 2 {
            let family = Self.relatives(of: first, &chance)
            colours = [family[0], first, named[1], Colour.blend(named[1], family[4], 0.6), family[4]]
        } else {
            colours = Self.relatives(of: first, &chance)
        }
    }

    private static func ordered(_ colours: [Vector3]) -> [Vector3] {
        colours.sorted { Colour.toLab($0).x < Colour.toLab($1).x }
    }

    /// A dark, the colour, a neighbour, an accent from the other side, a light.
    private static func relatives(of colour: Vector3, _ chance: inout Chance) -> [Vector3] {
        let (lightness, chroma, hue) = Colour.lch(of: colour)
        let turn: Float = chance.happens(0.5) ? 0.09 : -0.09
        let isNeutral = chroma < 0.03
        // Beside a neutral only a quiet warm or cool accent keeps the neutral's character.
        let accentHue = isNeutral ? chance.pick([0.16, 0.2, 0.62]) : hue + chance.pick([0.42, 0.5, 0.58])
        return [
            Colour.lch(min(lightness * 0.42, 0.3), chroma * 0.7, hue - turn * 0.6),
            colour,
            Colour.lch(mix(lightness, 0.72, 0.5), chroma * 0.85, hue + turn),
            Colour.lch(0.72, isNeutral ? 0.07 : min(max(chroma * 0.75, 0.06), 0.13), accentHue),
            Colour.lch(0.94, min(chroma * 0.2, 0.03), hue + turn),
        ]
    }

    private static let sets: [[UInt32]] = [
        [0x1D_3557, 0x45_7B9D, 0xA8_DADC, 0xE6_3946, 0xF1_FAEE],
        [0x26_4653, 0x2A_9D8F, 0xE9_C46A, 0xE7_6F51, 0xFA_F3E3],
        [0x2B_1B3D, 0x6A_2C70, 0xB8_3B5E, 0xF0_8A5D, 0xF9_EDD2],
        [0x0B_132B, 0x1C_2541, 0x3A_506B, 0x5B_C0BE, 0xE9_F5F2],
        [0x3D_2C2E, 0x9C_5B45, 0xD9_9A6C, 0x7C_9082, 0xF4_E9DC],
        [0x22_223B, 0x4A_4E69, 0x9A_8C98, 0xC9_ADA7, 0xF2_E9E4],
        [0x14_2D28, 0x2F_5D50, 0x88_A47C, 0xE6_B566, 0xF6_F0DD],
        [0x10_2542, 0xF8_7060, 0xCD_D7D6, 0xB3_A394, 0xFB_F7F0],
        [0x2E_294E, 0x54_1388, 0xF1_E9DA, 0xFF_D400, 0xD9_0368],
        [0x0D_3B66, 0xFA_F0CA, 0xF4_D35E, 0xEE_964B, 0xF9_5738],
        [0x1B_1B2F, 0x16_2447, 0x1F_4068, 0xE4_3F5A, 0xF3_E8D8],
        [0x35_3535, 0x3C_6E71, 0xD9_A37C, 0x28_4B63, 0xF5_F1EA],
    ]
}
