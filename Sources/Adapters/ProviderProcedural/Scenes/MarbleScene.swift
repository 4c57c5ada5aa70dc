/// Paint that flowed: noise warped by noise, lit as a glossy relief, with fine metal veins.
///
/// - SeeAlso: Quilez, *Domain Warping*, 2002.
struct MarbleScene: Scene {
    private let noise: Noise
    private let colours: Gradient
    private let vein: Vector3
    private let scale: Float
    private let twist: Float
    private let sine: Float
    private let cosine: Float
    private let offset: Vector2

    init(palette: Palette, chance: inout Chance) {
        noise = Noise(&chance)
        colours = Gradient(even: chance.shuffled(palette.colours))
        vein = chance.pick([Vector3(1.0, 0.74, 0.36), Vector3(1.0, 0.80, 0.52), Vector3(0.95, 0.92, 0.88)])
        scale = chance.number(0.7, 1.15)
        twist = chance.number(1.3, 2.3)
        let turn = chance.number(0, 2 * halfTurn)
        sine = ProviderProcedural.sine(turn)
        cosine = ProviderProcedural.cosine(turn)
        offset = Vector2(chance.number(-50, 50), chance.number(-50, 50))
    }

    func light(at point: Vector2) -> Vector3 {
        let p = rotated(point, sine: sine, cosine: cosine) * scale * Vector2(1, 0.72) + offset
        let (height, fold) = flow(p)
        let e: Float = 0.006
        let slope = Vector2(flow(p + Vector2(e, 0)).height - height, flow(p + Vector2(0, e)).height - height) / e
        let n = normalized(Vector3(-slope.x * 0.55, -slope.y * 0.55, 1))
        let lamp = normalized(Vector3(-0.5, 0.6, 0.65))
        let facing = max(dot(n, lamp), 0)
        let half = normalized(lamp + Vector3(0, 0, 1))
        let gloss = power(max(dot(n, half), 0.001), 60) * 0.30
        var colour = colours.at(0.5 + 0.72 * height + 0.18 * fold)
        colour *= 0.52 + 0.62 * facing
        let line = abs(fraction(height * 2.6 + fold * 0.7) - 0.5)
        let grain = 0.55 + 0.9 * noise.value(p * 38)
        let metal = smoothStep(0.022, 0.006, line) * smoothStep(-0.12, 0.22, noise.value(p * 1.4 + Vector2(7, 3)))
        colour = mix(colour, vein * (0.35 + 0.95 * facing * facing) * saturated(grain + 0.3), metal * 0.92)
        return colour + Vector3(repeating: gloss)
    }

    private func flow(_ p: Vector2) -> (height: Float, fold: Float) {
        let q = Vector2(noise.sum(p, octaves: 3), noise.sum(p + Vector2(5.2, 1.3), octaves: 3))
        let r = Vector2(
            noise.sum(p + q * twist + Vector2(1.7, 9.2), octaves: 3),
            noise.sum(p + q * twist + Vector2(8.3, 2.8), octaves: 3))
        return (noise.sum(p + r * (twist * 1.1), octaves: 4) + 0.25 * q.x, r.y)
    }
}
