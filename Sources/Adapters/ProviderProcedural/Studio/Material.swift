/// What a part is made of.
struct Material: Sendable {
    enum Kind: Sendable { case matte, gloss, metal, glass, glow }
    /// What is drawn on it.
    enum Pattern: Sendable { case plain, dial, label, speckle, veins, panels }

    var kind: Kind
    var albedo: Vector3
    /// The second colour of the pattern.
    var ink: Vector3 = .zero
    var pattern: Pattern = .plain
    /// 0 a mirror, 1 dull.
    var roughness: Float = 0.3

    /// The colour of the surface at `p`, in the part's own axes.
    func colour(at p: Vector3, noise: Noise) -> Vector3 {
        switch pattern {
        case .plain: albedo
        case .dial: dial(p)
        case .label: label(p)
        case .speckle: speckled(p, noise)
        case .veins: veined(p, noise)
        case .panels: panelled(p, noise)
        }
    }

    /// A watch's face in the plane of x and z, unit radius: marks for the hours and two hands.
    private func dial(_ p: Vector3) -> Vector3 {
        let q = Vector2(p.x, p.z) / 0.46
        let r = length(q)
        let turn = angle(of: q) / (2 * halfTurn)
        let hour = abs(fraction(turn * 12 + 0.5) - 0.5) * r
        let isMark = r > 0.76 && r < 0.9 && hour < (fraction(turn * 4 + 0.125) < 0.25 ? 0.2 : 0.09)
        let isHand = Self.hand(q, 0.13, 0.52, 0.035) || Self.hand(q, 0.44, 0.76, 0.024)
        let isRim = r > 0.955
        return isMark || isHand || isRim || r < 0.06 ? ink : albedo * (1 - 0.18 * r)
    }

    private static func hand(_ q: Vector2, _ turn: Float, _ reach: Float, _ width: Float) -> Bool {
        let a = turn * 2 * halfTurn
        let along = dot(q, Vector2(cosine(a), sine(a)))
        let aside = abs(dot(q, Vector2(-sine(a), cosine(a))))
        return along > -0.12 && along < reach && aside < width
    }

    /// A paper label around an upright thing: a plain field between two fine lines.
    private func label(_ p: Vector3) -> Vector3 {
        guard abs(p.y) < 0.30 else { return albedo }
        let edge = abs(p.y)
        let isLine = (edge > 0.265 && edge < 0.28) || (edge > 0.235 && edge < 0.24)
        let emblem = length(Vector2(p.x, p.y)) - 0.10
        let isEmblem = p.z > 0 && (abs(emblem) < 0.008 || length(Vector2(p.x, p.y)) < 0.05)
        return isLine || isEmblem ? albedo * 0.6 : ink
    }

    /// A sports shoe's pieces: heel counter, toe cap, lacing and guard along the sole, with their seams.
    private func panelled(_ p: Vector3, _ noise: Noise) -> Vector3 {
        let heel = p.x + 0.62 + 0.34 * p.y
        let toe = p.x - 0.62 + 0.25 * p.y
        let lacing = max(abs(p.z) - 0.17, abs(p.x - 0.16) - 0.34)
        let guardEdge = p.y - 0.15 - 0.05 * sine(p.x * 5 + 1)
        let weave = 1 + 0.06 * noise.value(Vector2(p.x + p.z, p.y) * 90)
        let seam = min(abs(heel), abs(toe), abs(lacing), abs(guardEdge))
        let isInk = heel < 0 || lacing < 0 || guardEdge < 0
        return (isInk ? ink : albedo * weave) * (seam < 0.012 ? 0.6 : 1)
    }

    private func speckled(_ p: Vector3, _ noise: Noise) -> Vector3 {
        let a = noise.value(Vector2(p.x + p.z * 0.7, p.y + p.z) * 13)
        let b = noise.value(Vector2(p.x - p.z, p.y * 1.2 + p.z * 0.4) * 17 + Vector2(40, 9))
        if a > 0.62 { return ink }
        return b > 0.66 ? mix(ink, albedo, 0.5) : albedo
    }

    private func veined(_ p: Vector3, _ noise: Noise) -> Vector3 {
        let q = noise.warped(Vector2(p.x * 1.3 + p.z * 0.6, p.y * 1.3 - p.z * 0.5), by: 0.9, octaves: 4)
        let vein = 1 - smoothStep(0, 0.07, abs(noise.value(q * 1.2)))
        let cloud = 0.5 + 0.5 * noise.sum(q * 2, octaves: 4)
        return mix(mix(albedo, ink, 0.18 * cloud), ink, vein * 0.75)
    }
}
