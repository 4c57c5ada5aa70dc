/// Ranges of land one behind the other under a sky, over water where there is some.
struct LandscapeScene: Scene {
    private let sky: Sky
    /// Near to far.
    private let ridges: [Ridge]
    /// Land in front of the water, near to far.
    private let shore: [Ridge]
    private let water: Water?
    private let snowfall: Noise?

    init(_ kind: Subject.Landscape, reading: PromptReading, frame: Frame, chance: inout Chance) {
        let hour = reading.hour ?? chance.pick(Self.likelyHours(of: kind))
        let horizon = Self.horizon(of: kind, frame, &chance)
        // Green woods do not make a green sky.
        let tints = kind == .forest || kind == .meadow ? [] : reading.colours
        let colours = SkyColours(hour, tints: tints, chance: &chance)
        let hasAurora = reading.words.contains("aurora")
        sky = Sky(hour, colours: colours, frame: frame, horizon: horizon, hasAurora: hasAurora, chance: &chance)
        let isWhite = !Set(reading.words).isDisjoint(with: ["snow", "winter", "alps", "glacier", "peak", "summit"])
        let plan = RidgePlan(frame: frame, horizon: horizon, hasSnow: isWhite || chance.happens(0.4))
        let hasLake = kind == .sea || (kind == .mountains && chance.happens(0.45))
        ridges = plan.ridges(of: kind, hasWater: hasLake, chance: &chance)
        water = hasLake ? Water(level: horizon, chance: &chance) : nil
        shore = hasLake && chance.happens(kind == .sea ? 0.35 : 0.7) ? plan.shore(chance: &chance) : []
        let isSnowing = !Set(reading.words).isDisjoint(with: ["snow", "winter", "snowing"])
        snowfall = isSnowing ? Noise(&chance) : nil
    }

    private static func likelyHours(of kind: Subject.Landscape) -> [Hour] {
        switch kind {
        case .sea: [.sunset, .dawn, .day]
        case .forest: [.mist, .dawn, .sunset]
        case .desert: [.sunset, .dawn, .day]
        case .meadow: [.day, .dawn, .sunset]
        default: Hour.allCases
        }
    }

    private static func horizon(of kind: Subject.Landscape, _ frame: Frame, _ chance: inout Chance) -> Float {
        let place: Float =
            switch kind {
            case .sea: chance.number(-0.22, 0.02)
            case .desert: chance.number(-0.12, 0.12)
            default: chance.number(-0.3, -0.08)
            }
        return place * frame.top
    }

    func light(at point: Vector2) -> Vector3 {
        let light = scenery(at: point)
        guard let snowfall else { return light }
        return mix(light, Vector3(0.95, 0.96, 1), flakes(snowfall, point))
    }

    private func scenery(at point: Vector2) -> Vector3 {
        for ridge in shore where ridge.covers(point) { return ridge.light(at: point, under: sky) }
        guard let water, point.y < water.level else { return above(point) }
        return water.light(at: point, under: sky) { above($0) }
    }

    private func above(_ point: Vector2) -> Vector3 {
        for ridge in ridges where ridge.covers(point) { return ridge.light(at: point, under: sky) }
        return sky.light(at: point)
    }

    private func flakes(_ noise: Noise, _ p: Vector2) -> Float {
        var amount: Float = 0
        for (scale, radius) in [(Float(7), Float(0.07)), (15, 0.08), (28, 0.10)] {
            let q = Vector2(p.x + 0.12 * p.y, p.y) * scale
            let (fx, ix) = floored(q.x)
            let (fy, iy) = floored(q.y)
            let bits = noise.cell(ix, iy &+ Int32(scale))
            guard bits & 7 < 4 else { continue }
            let centre = Vector2(Float(bits >> 8 & 255) / 255, Float(bits >> 16 & 255) / 255) * 0.7 + 0.15
            let d = length(q - Vector2(fx, fy) - centre)
            amount = max(amount, smoothStep(radius, radius * 0.3, d) * 0.75)
        }
        return amount
    }
}
