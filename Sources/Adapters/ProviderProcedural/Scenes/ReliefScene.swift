/// Sheets of paper cut along contour lines and stacked, with the shadow each casts on the next.
struct ReliefScene: Scene {
    private let noise: Noise
    private let sheets: [Vector3]
    private let scale: Float
    private let offset: Vector2
    private let lamp: Vector2

    init(palette: Palette, chance: inout Chance) {
        noise = Noise(&chance)
        let count = chance.integer(7...10)
        let ordered = palette.colours.sorted { Colour.toLab($0).x < Colour.toLab($1).x }
        let run = Gradient(even: chance.happens(0.5) ? ordered : ordered.reversed())
        sheets = (0..<count).map { run.at(Float($0) / Float(count - 1)) }
        scale = chance.number(0.75, 1.15)
        offset = Vector2(chance.number(-60, 60), chance.number(-60, 60))
        lamp = normalized(Vector2(chance.happens(0.5) ? -1 : 1, chance.number(0.7, 1.2)))
    }

    func light(at p: Vector2) -> Vector3 {
        let level = self.level(p)
        let sheet = floored(level).whole
        let index = min(max(Int(sheet), 0), sheets.count - 1)
        var shade: Float = 0
        // Higher sheets towards the lamp throw soft shadows; the further the probe, the higher the sheet must be.
        for step in 1...7 {
            let reach = 0.012 * Float(step)
            let over = self.level(p + lamp * reach) - (sheet + 1)
            shade = max(shade, smoothStep(-0.02, 0.10, over) * (1 - Float(step) / 9))
        }
        let edge = level - sheet
        let rim = smoothStep(0.035, 0.0, edge) * 0.20
        let fibre = 1 + 0.045 * noise.sum(p * 55 + Vector2(sheet * 9, 0), octaves: 2)
        return sheets[index] * (fibre * (1 - 0.62 * shade) + rim)
    }

    private func level(_ p: Vector2) -> Float {
        let q = p * scale + offset
        let warped = noise.warped(q * 0.8, by: 0.45, octaves: 2)
        let height = 0.5 + 0.85 * noise.sum(warped, octaves: 3)
        return saturated(height) * (Float(sheets.count) - 0.01)
    }
}
