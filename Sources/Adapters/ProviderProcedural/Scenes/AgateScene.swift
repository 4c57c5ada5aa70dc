/// A slice of banded stone: rings that grew around a few hearts, with crystals inside.
struct AgateScene: Scene {
    private let noise: Noise
    private let colours: Gradient
    private let hearts: [(place: Vector2, size: Float)]
    private let bands: Float
    private let rim: Vector3

    init(palette: Palette, frame: Frame, chance: inout Chance) {
        noise = Noise(&chance)
        let tones = palette.colours
        colours = Gradient(even: tones + [palette.lightest] + chance.shuffled(tones))
        rim = Vector3(1.0, 0.76, 0.40)
        bands = chance.number(2.2, 3.4)
        hearts = (0..<chance.integer(1...2)).map { _ in
            (
                Vector2(chance.number(-0.6, 0.6) * frame.right, chance.number(-0.55, 0.55) * frame.top),
                chance.number(0.8, 1.3)
            )
        }
    }

    func light(at p: Vector2) -> Vector3 {
        let q = noise.warped(p * 1.05, by: 0.55, octaves: 5) / 1.05
        var depth: Float = 9
        for heart in hearts { depth = min(depth, length((q - heart.place) * Vector2(1, 1.15)) / heart.size) }
        depth += 0.10 * noise.sum(q * 2.3, octaves: 4)
        let ring = depth * bands
        let fine = noise.value(Vector2(ring * 9, 3.3)) * 0.16 + noise.value(Vector2(ring * 27, 8.1)) * 0.07
        var colour = colours.at(0.5 + 0.5 * sine(ring * 1.7) * 0.9 + fine * 0.6)
        colour *= 0.86 + 0.5 * fine
        let seam = abs(fraction(ring * 0.5) - 0.5)
        let gold = smoothStep(0.013, 0.004, seam)
        colour = mix(colour, rim * (0.6 + 0.6 * abs(noise.value(p * 30))), gold * 0.9)
        return depth < 0.34 ? mix(crystals(p, depth), colour, smoothStep(0.24, 0.34, depth)) : colour
    }

    private func crystals(_ p: Vector2, _ depth: Float) -> Vector3 {
        let q = p * 13
        let (fx, ix) = floored(q.x)
        let (fy, iy) = floored(q.y)
        var (first, tone, slope) = (Float(9), UInt32(0), Vector2.zero)
        for dy in Int32(-1)...1 {
            for dx in Int32(-1)...1 {
                let bits = noise.cell(ix &+ dx, iy &+ dy)
                let place = Vector2(Float(dx) + Float(bits & 255) / 255, Float(dy) + Float(bits >> 8 & 255) / 255)
                let offset = place - Vector2(q.x - fx, q.y - fy)
                if length(offset) < first { (first, tone, slope) = (length(offset), bits, offset) }
            }
        }
        let facet = 0.45 + 0.4 * Float(tone >> 16 & 255) / 255 + 0.35 * dot(slope, Vector2(-0.5, 0.6))
        return colours.at(0.95 - depth) * max(facet, 0.1) + Vector3(repeating: facet > 1.02 ? 0.4 : 0)
    }
}
