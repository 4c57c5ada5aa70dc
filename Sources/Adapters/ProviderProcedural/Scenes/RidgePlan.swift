/// Decides which ranges a landscape has.
struct RidgePlan {
    let frame: Frame
    let horizon: Float
    let hasSnow: Bool

    /// The ranges behind the water line or down to the lower edge, near to far.
    func ridges(of kind: Subject.Landscape, hasWater: Bool, chance: inout Chance) -> [Ridge] {
        switch kind {
        case .sea: islands(&chance)
        case .desert: rows(of: .dune, count: chance.integer(4...6), rise: (0.20, 0.38), frequency: 0.7, &chance)
        case .meadow: rows(of: .hill, count: 6, rise: (0.10, 0.26), frequency: 0.8, &chance) + [far(.mountain, &chance)]
        case .forest:
            rows(of: .forest, count: 6, rise: (0.05, 0.20), frequency: 0.9, &chance) + [far(.mountain, &chance)]
        default: mountains(hasWater: hasWater, &chance)
        }
    }

    /// A dark bank with firs in the lower corners.
    func shore(chance: inout Chance) -> [Ridge] {
        let base = -frame.top - chance.number(0.05, 0.14)
        return [ridge(.forest, 0, base, chance.number(0.13, 0.18), 0.8, &chance)]
    }

    private func mountains(hasWater: Bool, _ chance: inout Chance) -> [Ridge] {
        let count = chance.integer(4...5)
        let floor = hasWater ? horizon : -frame.top * 0.86
        var result: [Ridge] = hasWater ? [] : [ridge(.forest, 0.02, -frame.top, 0.14, 1.1, &chance)]
        for index in 0..<count {
            let t = (Float(index) + 0.6) / Float(count)
            let base = mix(floor, horizon, t) - 0.02
            let rise = mix(0.24, 0.62, t * t) * frame.top * chance.number(0.8, 1.15)
            let near: Ridge.Kind = index == 0 && chance.happens(0.6) ? .forest : .mountain
            let isForest = near == .forest
            result.append(
                ridge(near, mix(0.08, 0.8, t), base, isForest ? 0.09 : rise, mix(0.9, 1.25, 1 - t), &chance))
        }
        return result
    }

    private func rows(
        of kind: Ridge.Kind, count: Int, rise: (Float, Float), frequency: Float, _ chance: inout Chance
    ) -> [Ridge] {
        (0..<count).map { index in
            let t = Float(index) / Float(count - 1)
            // Rows crowd together towards the horizon, as they do on level ground.
            let base = mix(-frame.top - rise.1 * 0.5, horizon - 0.06, 1 - (1 - t) * (1 - t))
            let height = mix(rise.1, rise.0, t) * chance.number(0.85, 1.2)
            return ridge(kind, mix(0, 0.72, t), base, height, frequency * mix(1, 2.2, t), &chance)
        }
    }

    private func islands(_ chance: inout Chance) -> [Ridge] {
        guard chance.happens(0.75) else { return [] }
        return (0..<chance.integer(1...3)).map { index in
            let rise = chance.number(0.10, 0.26) * (1 - 0.2 * Float(index))
            return ridge(
                .mountain, 0.5 + 0.15 * Float(index), horizon - rise * 0.42, rise, chance.number(0.7, 1.1), &chance)
        }
    }

    private func far(_ kind: Ridge.Kind, _ chance: inout Chance) -> Ridge {
        ridge(kind, 0.84, horizon - 0.05, chance.number(0.25, 0.5) * frame.top, 0.9, &chance)
    }

    private func ridge(
        _ kind: Ridge.Kind, _ distance: Float, _ base: Float, _ rise: Float, _ frequency: Float,
        _ chance: inout Chance
    ) -> Ridge {
        Ridge(
            kind: kind, distance: distance, base: base, rise: rise, frequency: frequency,
            offset: chance.number(-60, 60), noise: Noise(&chance), hasSnow: hasSnow)
    }
}
