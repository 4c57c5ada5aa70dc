/// The lamps of the studio: a large key light with something before it, a strip on the other side, a bright room.
struct StudioLight: Sendable {
    /// What stands before the key light and throws its shadow over the set.
    enum Gobo: CaseIterable { case none, window, palm }

    let key: Vector3
    let gobo: Gobo
    let keyColour: Vector3
    let fill: Vector3
    private let across: Vector3
    private let upwards: Vector3
    private let shift: Vector2
    private let tilt: Float
    private let noise: Noise

    init(backdrop: Vector3, hasPlants: Bool, isDark: Bool, chance: inout Chance) {
        let side: Float = chance.happens(0.5) ? 1 : -1
        key = normalized(Vector3(side * chance.number(0.55, 0.85), chance.number(0.75, 1.0), chance.number(0.5, 0.8)))
        across = normalized(cross(key, Vector3(0, 1, 0)))
        upwards = cross(across, key)
        gobo = hasPlants ? .palm : isDark ? .none : chance.pick([.none, .window, .palm, .palm])
        keyColour = Vector3(1.0, 0.955, 0.88) * (isDark ? 2.3 : 1.75)
        fill = mix(Vector3(0.9, 0.95, 1.05), backdrop, 0.35) * (isDark ? 0.2 : 0.46)
        shift = Vector2(chance.number(-0.5, 0.5), chance.number(-0.3, 0.3))
        tilt = chance.number(-0.12, 0.12)
        noise = Noise(&chance)
    }

    /// How much of the key light passes the gobo towards `p`, 0 to 1.
    func passing(_ p: Vector3) -> Float {
        switch gobo {
        case .none: return 1
        case .window: return window(plane(p))
        case .palm: return palm(plane(p))
        }
    }

    private func plane(_ p: Vector3) -> Vector2 { Vector2(dot(p, across), dot(p, upwards)) + shift }

    private func window(_ at: Vector2) -> Float {
        let q = rotated(at - Vector2(0.1, 0.8), sine: tilt, cosine: (1 - tilt * tilt).squareRoot())
        let blur: Float = 0.07
        let outer =
            smoothStep(2.0 + blur, 2.0 - blur, abs(q.x)) * smoothStep(2.1 + blur, 2.1 - blur, abs(q.y))
        let bars =
            smoothStep(0.05 - blur * 0.5, 0.05 + blur, abs(q.x - 0.62))
            * smoothStep(0.05 - blur * 0.5, 0.05 + blur, abs(abs(q.y) - 0.72))
        return 0.26 + 0.74 * outer * bars
    }

    private func palm(_ at: Vector2) -> Float {
        var shadow: Float = 0
        let fronds: [(Vector2, Float, Float)] = [
            (Vector2(-2.3, 3.1), 2.7, -0.12), (Vector2(2.3, 3.5), 2.9, -0.36), (Vector2(-2.7, -0.2), 2.0, 0.06),
        ]
        for (origin, reach, turn) in fronds {
            let q = at - origin
            let r = length(q) / reach
            guard r < 1.1 else { continue }
            let bearing = fraction(angle(of: q) / (2 * halfTurn) - turn + 0.5) - 0.5
            let fan = smoothStep(0.24, 0.2, abs(bearing))
            let blade = abs(fraction((bearing + 0.03 * r * r) * 25 + 0.30 * noise.value(q * 1.1)) - 0.5) * 2
            let width = 0.72 * smoothStep(1.05, 0.35, r) * smoothStep(0.02, 0.18, r)
            let soft: Float = 0.42
            shadow = max(shadow, fan * smoothStep(width + soft * 0.5, width - soft * 0.5, blade))
        }
        return 1 - 0.72 * saturated(shadow)
    }

    /// What a mirror sees in `direction`: the room, a softbox, a strip light; `roughness` blurs it.
    func reflection(_ direction: Vector3, room: Vector3, roughness: Float) -> Vector3 {
        let blur = 0.03 + roughness * 0.5
        let height = 0.5 + 0.5 * direction.y
        var light = room * mix(0.35, 0.95, height)
        let u = dot(direction, across)
        let v = dot(direction, upwards)
        let facing = dot(direction, key)
        if facing > 0 {
            let box =
                smoothStep(0.42 + blur, 0.42 - blur, abs(u)) * smoothStep(0.5 + blur, 0.5 - blur, abs(v))
            light += keyColour * (1.5 * box * mix(1, 0.45, roughness))
        }
        let strip = normalized(Vector3(-key.x, 0.25, 0.15))
        let aside = dot(direction, normalized(cross(strip, Vector3(0, 1, 0))))
        if dot(direction, strip) > 0 {
            let bar =
                smoothStep(0.13 + blur, 0.13 - blur, abs(aside))
                * smoothStep(0.75 + blur, 0.75 - blur, abs(direction.y - 0.15))
            light += Vector3(0.95, 0.98, 1.05) * (1.3 * bar * mix(1, 0.5, roughness))
        }
        // A dark flag at the horizon gives edges to bright metal.
        return light * (1 - 0.45 * smoothStep(0.16 + blur, 0.02, abs(direction.y + 0.08)))
    }
}
