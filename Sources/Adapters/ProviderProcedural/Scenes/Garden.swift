/// Plants a botanical picture: where each flower, sprig and leaf goes, and in which colours.
struct Garden {
    /// Uppermost first.
    private(set) var blades: [Blade] = []
    let ground: [Vector3]
    private let petals: [Vector3]
    private let greens: [Vector3]
    private let frame: Frame
    /// How many rings of petals a flower may have.
    private let rings: ClosedRange<Int>

    init(reading: PromptReading, frame: Frame, palette: Palette, chance: inout Chance) {
        self.frame = frame
        let isLeafy = !Set(reading.words).isDisjoint(with: [
            "leaf", "foliage", "fern", "monstera", "eucalyptus", "tropical", "plant",
        ])
        let words = Set(reading.words)
        let isSimple = !words.isDisjoint(with: ["daisy", "sunflower", "wildflower", "cosmos"])
        let isFull = !words.isDisjoint(with: ["rose", "peony", "dahlia", "bouquet"])
        rings = isSimple ? 1...1 : isFull ? 3...5 : 1...4
        let named = reading.colours.filter { Colour.lch(of: $0).chroma > 0.03 || Colour.toLab($0).x > 0.8 }
        petals = named.isEmpty ? Self.bouquet(&chance) : named + [Colour.blend(named[0], .one, 0.35)]
        greens = chance.pick(Self.foliage).map(Colour.hex)
        ground = Self.paper(reading.background, petals, &chance)
        var flowers: [Blade] = []
        let places = Self.places(frame, count: isLeafy ? 2 : chance.integer(5...8), &chance)
        for (place, size) in places where !isLeafy || chance.happens(0.7) {
            flowers += flower(at: place, size: size * (isLeafy ? 0.6 : 1), &chance)
        }
        var leaves: [Blade] = []
        for (place, size) in places {
            for _ in 0..<(isLeafy ? 4 : 2) {
                leaves += sprig(from: place, reach: size * chance.number(1.5, 2.2), &chance)
            }
        }
        for _ in 0..<(isLeafy ? 30 : 5) {
            let edge = Vector2(chance.number(-1.1, 1.1) * frame.right, chance.number(-1.1, 1.1) * frame.top)
            leaves += sprig(from: edge, reach: chance.number(0.5, 0.95), &chance)
        }
        blades = flowers + leaves
    }

    private static let foliage: [[UInt32]] = [
        [0x24_4A38, 0x4F_7F56, 0x8A_A878], [0x1E_4046, 0x44_756E, 0x93_B59C], [0x3A_4A24, 0x6E_7F40, 0xA9_AD6C],
        [0x2C_3E36, 0x5E_7A6A, 0xA3_B6A4],
    ]

    private static func bouquet(_ chance: inout Chance) -> [Vector3] {
        chance.pick([
            [0xE9_6A7C, 0xF4_A79A, 0xF9_DCC8], [0xC9_4A3A, 0xF0_8A5A, 0xF8_D7A0], [0x8C_5FB0, 0xC3_9BDC, 0xF0_E0F2],
            [0xF2_EDE2, 0xF0_D8C8, 0xE8_A6A0], [0x3E_6CB0, 0x8FB4_DE, 0xE6_EEF4], [0xF2_B632, 0xF7_D679, 0xF6_EEDC],
        ]).map { Colour.hex($0) }
    }

    private static func paper(_ background: Vector3?, _ petals: [Vector3], _ chance: inout Chance) -> [Vector3] {
        if let background {
            return [Colour.blend(background, .zero, 0.12), background, Colour.blend(background, .one, 0.15)]
        }
        if chance.happens(0.4) { return [0x12_2A2E, 0x1B_3A3C, 0x24_4A48].map { Colour.hex($0) } }
        let hue = Colour.lch(of: petals[0]).hue + chance.pick([0.0, 0.5, 0.1])
        return [Colour.lch(0.86, 0.035, hue), Colour.lch(0.92, 0.025, hue), Colour.lch(0.96, 0.015, hue)]
    }

    /// Places that keep their distance, large ones first.
    private static func places(_ frame: Frame, count: Int, _ chance: inout Chance) -> [(Vector2, Float)] {
        var result: [(Vector2, Float)] = []
        for attempt in 0..<400 where result.count < count {
            let place = Vector2(chance.number(-0.85, 0.85) * frame.right, chance.number(-0.85, 0.85) * frame.top)
            let size = mix(0.52, 0.24, min(Float(result.count) / 6, 1)) * chance.number(0.85, 1.15)
            let crowding: Float = attempt < 200 ? 0.88 : 0.7
            if result.allSatisfy({ length($0.0 - place) > ($0.1 + size) * crowding }) { result.append((place, size)) }
        }
        return result
    }

    private func flower(at place: Vector2, size: Float, _ chance: inout Chance) -> [Blade] {
        let rings = chance.integer(self.rings)
        let count = rings == 1 ? chance.integer(9...16) : chance.integer(5...8)
        let width = rings == 1 ? chance.number(0.13, 0.2) : chance.number(0.36, 0.48)
        let outer = chance.pick(petals)
        let inner = Colour.blend(outer, chance.pick([petals[petals.count - 1], Vector3(0.95, 0.8, 0.5)]), 0.5)
        let dark = Colour.blend(outer, Vector3(0.25, 0.02, 0.08), 0.42)
        let start = chance.unit()
        var result = [heart(at: place, size: size * (rings == 1 ? 0.26 : 0.15), &chance)]
        // Inner rings lie above outer ones.
        for ring in (0..<rings).reversed() {
            let t = Float(ring) / Float(max(rings, 2))
            let tip = Colour.blend(outer, inner, t)
            for number in 0..<count {
                let share = (Float(number) + 0.5 * Float(ring)) / Float(count)
                let turn = (start + share + chance.number(-0.018, 0.018)) * 2 * halfTurn
                let along = Vector2(cosine(turn), sine(turn))
                result.append(
                    Blade(
                        kind: .petal, foot: place + along * (size * 0.04), along: along,
                        length: size * (1 - 0.66 * t) * chance.number(0.92, 1.06), width: width,
                        bend: chance.number(-0.07, 0.07), base: Colour.blend(dark, tip, 0.25), tip: tip,
                        salt: chance.number(0, 99)))
            }
        }
        return result
    }

    private func heart(at place: Vector2, size: Float, _ chance: inout Chance) -> Blade {
        let tone = chance.pick([Vector3(0.85, 0.52, 0.08), Vector3(0.24, 0.10, 0.05), Vector3(0.80, 0.66, 0.20)])
        return Blade(
            kind: .heart, foot: place, along: Vector2(0, 1), length: size, width: 0, bend: 0, base: tone * 0.55,
            tip: tone,
            salt: chance.number(0, 99))
    }

    /// A stem with leaves in pairs.
    private func sprig(from foot: Vector2, reach: Float, _ chance: inout Chance) -> [Blade] {
        let turn = chance.unit() * 2 * halfTurn
        let along = Vector2(cosine(turn), sine(turn))
        let aside = Vector2(-along.y, along.x)
        let bend = chance.number(-0.3, 0.3)
        let pairs = chance.integer(4...8)
        let long = chance.number(0.24, 0.42) * reach
        let width = chance.number(0.14, 0.3)
        let dark = chance.pick(greens)
        let light = Colour.blend(dark, chance.pick(greens), 0.6)
        let blade = { (kind: Blade.Kind, foot: Vector2, along: Vector2, length: Float, width: Float, bend: Float) in
            Blade(
                kind: kind, foot: foot, along: along, length: length, width: width, bend: bend, base: dark, tip: light,
                salt: 0)
        }
        var result = [
            blade(
                .leaf, foot + along * (reach * 0.97) + aside * (bend * reach * 0.94),
                normalized(along + aside * (2 * bend)), long, width, 0)
        ]
        for pair in 0..<pairs {
            let u = 0.3 + 0.66 * Float(pair) / Float(pairs)
            let joint = foot + along * (u * reach) + aside * (bend * u * u * reach)
            let heading = normalized(along + aside * (2 * bend * u))
            let across = Vector2(-heading.y, heading.x)
            for side in [Float(-1), 1] {
                let leaf = normalized(heading + across * (side * chance.number(0.8, 1.2)))
                result.append(
                    blade(.leaf, joint, leaf, long * (1.1 - 0.5 * u), width, side * chance.number(-0.1, 0.05)))
            }
        }
        result.append(blade(.stem, foot, along, reach, 0.008, bend))
        return result
    }
}
