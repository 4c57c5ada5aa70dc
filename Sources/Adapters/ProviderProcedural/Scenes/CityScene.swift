/// Towers behind towers, at night with their windows lit, over water or a street of light.
struct CityScene: Scene {
    private let sky: Sky
    /// Near to far.
    private let rows: [Row]
    private let level: Float
    private let noise: Noise
    private let glow: Vector3

    /// One line of buildings.
    private struct Row {
        let distance: Float
        let width: Float
        let rise: Float
        let centre: Float
        let salt: Int32
    }

    init(reading: PromptReading, frame: Frame, chance: inout Chance) {
        let hour = reading.hour ?? chance.pick([.night, .night, .sunset, .dawn])
        let colours = SkyColours(hour, tints: reading.colours, chance: &chance)
        level = chance.number(-0.5, -0.34) * frame.top
        sky = Sky(hour, colours: colours, frame: frame, horizon: level, hasAurora: false, chance: &chance)
        noise = Noise(&chance)
        glow = mix(colours.haze, Vector3(1, 0.62, 0.32), hour == .night ? 0.35 : 0.15)
        let height = frame.top - level
        rows = (0..<5).map { index in
            let t = Float(index) / 4
            return Row(
                distance: mix(0.04, 0.86, t), width: mix(0.22, 0.085, t) * chance.number(0.85, 1.2),
                rise: height * mix(0.34, 0.62, t) * chance.number(0.85, 1.1),
                centre: chance.number(-0.5, 0.5) * frame.right, salt: Int32(chance.integer(0...9_999)))
        }
    }

    func light(at p: Vector2) -> Vector3 {
        guard p.y < level else { return above(p) }
        let depth = level - p.y
        let far = 1 / (depth + 0.05)
        var light = Vector3.zero
        for tap in 0..<3 {
            let shift = Vector2(p.x * far * 0.9 + Float(tap) * 3.1, far * 7 + Float(tap) * 5.7)
            let wave = noise.sum(shift, octaves: 3)
            light += above(
                Vector2(p.x + wave * 0.035 * (0.2 + depth), level + max(depth * 1.04 + wave * 0.22 * depth, 0.001)))
        }
        let water = mix(sky.colours.deepWater * 0.6, light / 3, 0.72 - 0.25 * depth)
        return mix(water, glow, 0.30 * exponential(-depth * 30))
    }

    private func above(_ p: Vector2) -> Vector3 {
        for row in rows {
            if let light = building(p, row) { return light }
        }
        let height = p.y - level
        return sky.light(at: p) + glow * (0.30 * exponential(-height * 3.2))
    }

    private func building(_ p: Vector2, _ row: Row) -> Vector3? {
        let across = p.x / row.width
        let (whole, cell) = floored(across)
        let bits = noise.cell(cell, row.salt)
        let envelope = exponential(-(p.x - row.centre) * (p.x - row.centre) * 0.9)
        let size = Float(bits & 255) / 255
        let height = row.rise * (0.22 + 0.30 * size + 0.52 * envelope * size * size + 0.12 * envelope)
        let u = across - whole
        let y = p.y - level
        let inset = 0.03 + 0.10 * Float(bits >> 8 & 15) / 15
        guard y < height * 1.35 else { return nil }
        guard Self.stands(u, y, height, inset, bits) else { return nil }
        let facade = wall(y, height, u, row)
        guard let window = window(u, y, height, row, cell, bits) else { return facade }
        return facade + window
    }

    /// Four kinds of roof: flat, stepped, slanted, with a spire.
    private static func stands(_ u: Float, _ y: Float, _ height: Float, _ inset: Float, _ bits: UInt32) -> Bool {
        let fromMiddle = abs(u - 0.5)
        guard fromMiddle < 0.5 - inset else { return false }
        switch bits >> 12 & 7 {
        case 0: return y < height * (fromMiddle < 0.24 ? 1.12 : fromMiddle < 0.34 ? 1.05 : 1)
        case 1: return y < height * (0.97 + 0.07 * u)
        case 2: return y < height || (fromMiddle < 0.02 && y < height * 1.28)
        case 3: return y < height * (1.14 - 0.4 * fromMiddle * fromMiddle * 4)
        default: return y < height
        }
    }

    private func wall(_ y: Float, _ height: Float, _ u: Float, _ row: Row) -> Vector3 {
        let body = sky.colours.near * (0.9 + 0.5 * u)
        let street = 0.55 * exponential(-y * 5)
        let air = saturated(row.distance * 0.85 + street * row.distance.squareRoot())
        return mix(body, mix(sky.colours.haze, glow, 0.35 * street), air)
    }

    private func window(
        _ u: Float, _ y: Float, _ height: Float, _ row: Row, _ cell: Int32, _ bits: UInt32
    ) -> Vector3? {
        let columns = floored(row.width / mix(0.021, 0.012, row.distance)).whole + Float(bits >> 16 & 3)
        let pitch = row.width / columns
        let across = u * columns
        let up = y / (pitch * 1.25)
        guard y < height * 0.97 else { return nil }
        let (fu, iu) = floored(across)
        let (fv, iv) = floored(up)
        let (du, dv) = (abs(across - fu - 0.5), abs(up - fv - 0.5))
        guard du < 0.3, dv < 0.3 else { return nil }
        let own = noise.cell(cell &* 31 &+ iu, iv &* 7 &+ row.salt)
        let share = 0.18 + 0.42 * Float(bits >> 20 & 15) / 15
        let isLit = Float(own & 255) / 255 < share * (sky.hour == .night ? 1 : sky.hour == .day ? 0 : 0.55)
        let visible = 1 - row.distance * 0.86
        guard isLit else { return sky.colours.haze * (sky.hour == .night ? 0.012 : 0.06) * visible }
        let warm = mix(Vector3(1, 0.58, 0.22), Vector3(0.85, 0.92, 1), Float(own >> 8 & 255) / 255 > 0.8 ? 1 : 0)
        return warm * (visible * mix(0.35, 1.15, Float(own >> 16 & 255) / 255))
    }
}
