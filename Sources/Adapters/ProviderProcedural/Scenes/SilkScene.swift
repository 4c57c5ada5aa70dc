/// Folds of shining cloth.
struct SilkScene: Scene {
    private let noise: Noise
    private let colours: Gradient
    private let folds: Float
    private let sine: Float
    private let cosine: Float
    private let offset: Vector2

    init(palette: Palette, chance: inout Chance) {
        noise = Noise(&chance)
        colours = Gradient(even: palette.family)
        folds = chance.number(1.5, 2.5)
        let turn = chance.number(-0.9, 0.9)
        sine = ProviderProcedural.sine(turn)
        cosine = ProviderProcedural.cosine(turn)
        offset = Vector2(chance.number(-50, 50), chance.number(-50, 50))
    }

    func light(at point: Vector2) -> Vector3 {
        let p = rotated(point, sine: sine, cosine: cosine)
        let h = height(p)
        let e: Float = 0.004
        let slope = Vector2(height(p + Vector2(e, 0)) - h, height(p + Vector2(0, e)) - h) / e
        let n = normalized(Vector3(-slope.x, -slope.y, 1.15))
        let lamp = normalized(Vector3(-0.35, 0.65, 0.7))
        let facing = max(dot(n, lamp), 0)
        // Satin shines along a band across the thread, not in a point.
        let half = normalized(lamp + Vector3(0, 0, 1))
        let band = max(1 - (dot(n, half) - 0.93) * (dot(n, half) - 0.93) * 90, 0)
        let rim = 1 - n.z
        let tone = 0.16 + 0.52 * facing + 0.18 * h
        let colour = colours.at(tone) * (0.34 + 0.85 * facing)
        return colour + colours.at(0.92) * (0.22 * band * band + 0.16 * rim * rim)
    }

    private func height(_ p: Vector2) -> Float {
        let q = p * 0.55 + offset
        let bend = Vector2(noise.sum(q, octaves: 2), noise.sum(q + Vector2(4.1, 7.7), octaves: 2))
        let x = p.x * 0.6 + bend.x * 1.9
        let y = p.y + bend.y * 1.5
        let wave = ProviderProcedural.sine(y * folds * 2.1 + x * 1.3) * 0.30
        let second = ProviderProcedural.sine(y * folds * 4.7 - x * 2.2 + bend.x * 6) * 0.085
        return wave + second
    }
}
