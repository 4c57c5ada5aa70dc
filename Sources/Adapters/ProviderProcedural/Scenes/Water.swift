/// Level water that mirrors what stands behind it.
struct Water: Sendable {
    let level: Float
    private let roughness: Float
    private let noise: Noise

    init(level: Float, chance: inout Chance) {
        self.level = level
        roughness = chance.number(0.5, 1.3)
        noise = Noise(&chance)
    }

    /// The light at `p` below the level; `above` gives the scenery that is mirrored.
    func light(at p: Vector2, under sky: Sky, above: (Vector2) -> Vector3) -> Vector3 {
        let depth = level - p.y
        // Seen from a low eye, waves lie ever closer towards the horizon.
        let far = 1 / (depth + 0.03)
        let q = Vector2(p.x * far * 0.35, far * 1.5)
        let swell = noise.sum(q * Vector2(2.2, 6), octaves: 4)
        let chop = noise.sum(q * Vector2(9, 26), octaves: 3)
        let slope = (swell + 0.5 * chop) * roughness
        let reach = 0.02 + 0.30 * depth
        let mirror = Vector2(p.x + slope * 0.10 * reach, level + max(depth * 0.95 + slope * reach * 0.55, 0.002))
        let reflected = above(mirror)
        let view = saturated(0.92 - 0.55 * depth - 0.22 * slope)
        var light = mix(sky.colours.deepWater * 0.8, reflected, view)
        light += glitter(p, depth, chop + swell, sky)
        let haze = exponential(-depth * 26)
        return mix(light, sky.colours.haze, haze * 0.45)
    }

    private func glitter(_ p: Vector2, _ depth: Float, _ wave: Float, _ sky: Sky) -> Vector3 {
        let width = 0.05 + 0.30 * depth
        let aside = (p.x - sky.sunPlace.x) / width
        let path = exponential(-aside * aside)
        let sparkle = smoothStep(0.05, 0.5, wave)
        let strength: Float = sky.hour == .night ? 0.45 : sky.hour == .mist ? 0.12 : 1
        return sky.colours.sun * (path * sparkle * strength)
    }
}
