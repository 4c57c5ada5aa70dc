/// The colours of one sky and of what lies under it.
struct SkyColours: Sendable {
    let sky: Gradient
    let haze: Vector3
    let sun: Vector3
    let near: Vector3
    let deepWater: Vector3
    let cloudLight: Vector3
    let cloudShade: Vector3

    init(_ hour: Hour, tints: [Vector3], chance: inout Chance) {
        let set = chance.pick(Self.sets(of: hour))
        var stops = set.sky.map(Colour.hex)
        for (index, tint) in tints.prefix(3).enumerated() {
            let place = [2, 1, 3][index]
            stops[place] = Self.tinted(stops[place], by: tint, 0.75)
            if index == 0 { stops[1] = Self.tinted(stops[1], by: tint, 0.45) }
        }
        // Position 0 is the horizon.
        sky = Gradient([(0, stops[3]), (0.22, stops[2]), (0.55, stops[1]), (1, stops[0])])
        haze = Colour.blend(stops[3], stops[2], 0.35)
        sun = Colour.hex(set.sun)
        near = Self.tinted(Colour.hex(set.near), by: tints.first ?? Colour.hex(set.near), 0.3)
        deepWater = Colour.blend(stops[0], Colour.hex(set.near), 0.5)
        cloudLight = Colour.blend(stops[3], Colour.hex(set.sun), 0.6)
        cloudShade = Colour.blend(stops[1], stops[2], 0.35) * 0.85
    }

    private static func tinted(_ colour: Vector3, by tint: Vector3, _ amount: Float) -> Vector3 {
        let own = Colour.toLab(colour)
        let other = Colour.toLab(tint)
        let lightness = mix(own.x, mix(own.x, other.x, 0.35), amount)
        let mixed = mix(own, other, amount)
        return Colour.fromLab(Vector3(lightness, mixed.y, mixed.z)).clamped(lowerBound: .zero, upperBound: .one)
    }

    /// Sky from zenith to horizon, sun or moon, and the darkest near things.
    private struct Set {
        let sky: [UInt32]
        let sun: UInt32
        let near: UInt32
    }

    private static func sets(of hour: Hour) -> [Set] {
        switch hour {
        case .sunset:
            [
                Set(sky: [0x28_2C63, 0x77_4A88, 0xE2_7182, 0xFF_BE7A], sun: 0xFF_E9B8, near: 0x1A_1430),
                Set(sky: [0x2C_4A78, 0x8A_97B4, 0xF2_B48A, 0xFF_DC9A], sun: 0xFF_F0CC, near: 0x1D_1E2E),
                Set(sky: [0x1C_1B45, 0x6A_2B62, 0xD1_4A56, 0xFF_9A52], sun: 0xFF_DDA0, near: 0x18_0C20),
            ]
        case .dawn:
            [
                Set(sky: [0x4F_7FB4, 0x9F_BCD8, 0xF4_CDC4, 0xFF_E6C6], sun: 0xFF_F6E0, near: 0x21_3B50),
                Set(sky: [0x56_6FA8, 0xA6_A3CC, 0xEB_B9C4, 0xFF_E0C0], sun: 0xFF_F1DA, near: 0x28_2C4E),
            ]
        case .day:
            [
                Set(sky: [0x2A_6DB8, 0x62_A5DC, 0xB4_DAEE, 0xE6_F2F1], sun: 0xFF_FBEE, near: 0x1C_4638),
                Set(sky: [0x2F_80B0, 0x74_B8CF, 0xC6_E3DC, 0xF4_F1DC], sun: 0xFF_FAE4, near: 0x1E_4A48),
            ]
        case .night:
            [
                Set(sky: [0x04_081C, 0x0B_1940, 0x1F_3A70, 0x4F_6FA6], sun: 0xE8_EEFF, near: 0x03_0611),
                Set(sky: [0x07_0620, 0x17_1546, 0x3B_2E74, 0x7A_5C98], sun: 0xF4_EEFF, near: 0x06_0414),
                Set(sky: [0x03_1018, 0x07_2A38, 0x12_5560, 0x3F_8C86], sun: 0xE6_FFF6, near: 0x02_0A0E),
            ]
        case .mist:
            [
                Set(sky: [0x6A_7C8A, 0x93_A3AB, 0xC0_CACB, 0xE0_E0D8], sun: 0xFF_F8EA, near: 0x22_3036),
                Set(sky: [0x58_7078, 0x86_9C9E, 0xB7_C5BE, 0xE3_E2D2], sun: 0xFF_F6DC, near: 0x1C_3030),
            ]
        }
    }
}
