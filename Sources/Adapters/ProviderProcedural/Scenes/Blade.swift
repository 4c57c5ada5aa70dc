/// A leaf, a petal or a stem: one bent, pointed shape that grows from a foot.
struct Blade: Sendable {
    enum Kind { case leaf, petal, stem, heart }

    let kind: Kind
    let foot: Vector2
    /// The direction it grows in.
    let along: Vector2
    let length: Float
    /// Half the greatest width, in parts of the length.
    let width: Float
    /// How far the tip is bent aside, in parts of the length.
    let bend: Float
    let base: Vector3
    let tip: Vector3
    let salt: Float

    /// A circle around all of it.
    var centre: Vector2 { kind == .heart ? foot : foot + along * (length * 0.5) }
    var radius: Float {
        kind == .heart ? length : length * (0.52 + max(width, abs(bend)))
    }

    /// Place along the blade (0 foot, 1 tip) and across it, in parts of the length.
    @inline(__always)
    private func place(_ p: Vector2) -> (u: Float, v: Float) {
        let q = (p - foot) / length
        let u = dot(q, along)
        let v = q.y * along.x - q.x * along.y
        return (u, v - bend * u * u)
    }

    private func halfWidth(_ u: Float) -> Float {
        switch kind {
        case .stem: return width
        case .leaf: return width * u.squareRoot() * (1 - u) * 2.6
        case .petal:
            // Narrow at the foot, broad and round towards the tip.
            let rise = u * (1.35 - 0.35 * u)
            return width * 1.12 * rise * max(1 - u * u * u * u * u, 0).squareRoot()
        case .heart: return 0
        }
    }

    /// About the distance to the outline, negative inside.
    func distance(_ p: Vector2) -> Float {
        if kind == .heart { return ProviderProcedural.length(p - foot) - length }
        let (u, v) = place(p)
        if u <= 0 || u >= 1 {
            let end: Float = u <= 0 ? 0 : 1
            return ProviderProcedural.length(Vector2(u - end, v)) * length
        }
        return (abs(v) - halfWidth(u)) * length * 0.85
    }

    func colour(_ p: Vector2, noise: Noise) -> Vector3 {
        if kind == .heart { return seeds(p, noise) }
        let (u, v) = place(p)
        let half = max(halfWidth(u), 0.001)
        let across = v / half
        let run = mix(base, tip, smoothStep(0, 1, u))
        switch kind {
        case .leaf:
            let midrib = smoothStep(0.10, 0.03, abs(v) / (width * 1.4))
            let side = abs(fraction((u - abs(v) * 1.1) * 9) - 0.5)
            let vein = smoothStep(0.09, 0.02, side) * 0.16
            let light: Float = across > 0 ? 1.12 : 0.88
            return run * (light + vein + 0.25 * midrib + 0.10 * noise.value(p * 22))
        case .petal:
            let streak = noise.value(Vector2(across * 5 + salt, u * 2.2)) * 0.16
            let curl = 1 - 0.20 * across * across
            let glow = smoothStep(0.72, 1, abs(across)) * 0.07
            return run * (curl + streak + glow)
        default: return run * (0.9 + 0.25 * across)
        }
    }

    private func seeds(_ p: Vector2, _ noise: Noise) -> Vector3 {
        let q = (p - foot) / length
        let r = ProviderProcedural.length(q)
        let dome = (1 - 0.55 * r * r) * (1 + 0.25 * dot(q, Vector2(-0.6, 0.7)))
        let cell = 0.72 + 0.5 * noise.value(q * 9 + Vector2(salt, 0)) + 0.25 * noise.value(q * 21 + Vector2(0, salt))
        return mix(tip, base, smoothStep(0.2, 0.95, r)) * (dome * cell)
    }
}
