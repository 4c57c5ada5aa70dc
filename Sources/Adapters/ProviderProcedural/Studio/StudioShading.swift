/// Follows rays through the studio and tells what light comes back.
struct StudioShading: Sendable {
    let set: StageSet
    let light: StudioLight
    let noise: Noise

    /// The light that reaches `origin` from `direction`.
    func light(from origin: Vector3, along direction: Vector3) -> Vector3 {
        guard let (distance, body) = set.hit(from: origin, along: direction) else {
            return backdrop(from: origin, along: direction, isShadowed: true)
        }
        let p = origin + direction * distance
        let n = set.normal(body, p)
        let part = set.bodies[body].part(at: p)
        let material = set.materials[part.material]
        let own = part.local(set.bodies[body].local(p))
        let albedo = material.colour(at: own, noise: noise)
        switch material.kind {
        case .matte: return diffuse(p, n, albedo) + sheen(n, direction) * 0.12
        case .gloss: return glossy(p, n, direction, albedo, material.roughness)
        case .metal: return metal(p, n, direction, albedo, material.roughness)
        case .glass: return glass(p, n, direction, body, albedo)
        case .glow: return albedo * (1.1 + 0.5 * n.z)
        }
    }

    private func diffuse(_ p: Vector3, _ n: Vector3, _ albedo: Vector3) -> Vector3 {
        let facing = max(dot(n, light.key), 0)
        let key = facing > 0 ? facing * set.lit(p + n * 0.01, towards: light.key) * light.passing(p) : 0
        let open = set.openness(p, n)
        let sky = light.fill * (0.62 + 0.38 * n.y)
        // Light that comes back from the floor carries its colour.
        let bounce = set.floor * (0.16 * (0.5 - 0.5 * n.y))
        return albedo * (light.keyColour * (0.72 * key) + (sky + bounce) * open)
    }

    private func glossy(
        _ p: Vector3, _ n: Vector3, _ direction: Vector3, _ albedo: Vector3, _ roughness: Float
    ) -> Vector3 {
        let mirror = reflected(direction, n)
        let share = fresnel(-dot(direction, n), 0.045)
        // Seen from the front a glaze mirrors so little that only lamps show in it.
        let seen = share < 0.09 ? room(mirror, roughness) : surroundings(p, mirror, roughness)
        return diffuse(p, n, albedo) * (1 - share) + seen * share
    }

    private func metal(
        _ p: Vector3, _ n: Vector3, _ direction: Vector3, _ albedo: Vector3, _ roughness: Float
    ) -> Vector3 {
        let mirror = reflected(direction, n)
        let open = 0.45 + 0.55 * set.openness(p, n)
        let rim = mix(albedo, .one, 0.6 * fresnel(-dot(direction, n), 0))
        return rim * surroundings(p, mirror, roughness) * open + diffuse(p, n, albedo) * 0.12
    }

    /// Clear glass with tinted content: once refracted in, dimmed by the way inside, once refracted out.
    private func glass(_ p: Vector3, _ n: Vector3, _ direction: Vector3, _ body: Int, _ tint: Vector3) -> Vector3 {
        let share = fresnel(-dot(direction, n), 0.05)
        let mirror = surroundings(p, reflected(direction, n), 0.02) * share
        let inside = refracted(direction, n, 1 / 1.42)
        let depth = set.depth(of: body, from: p - n * 0.02, along: inside)
        let exit = p + inside * depth
        let leaving = refracted(inside, set.normal(body, exit) * -1, 1.42)
        let behind = set.hit(from: exit + leaving * 0.03, along: leaving, except: body).map { distance, other in
            let q = exit + leaving * (distance + 0.03)
            let part = set.bodies[other].part(at: q)
            return diffuse(q, set.normal(other, q), set.materials[part.material].albedo)
        }
        let seen = behind ?? backdrop(from: exit, along: leaving, isShadowed: false)
        let density = (Vector3.one - tint) * (1.35 * depth)
        let clear = Vector3(exponential(-density.x), exponential(-density.y), exponential(-density.z))
        // Thick coloured glass also scatters a little of the key light.
        let body = tint * light.keyColour * (0.10 * saturated(depth))
        return (seen * clear + body) * (1 - share) + mirror
    }

    /// What is seen from `p` in a mirror's direction: the stage below, lamps and room above.
    private func surroundings(_ p: Vector3, _ direction: Vector3, _ roughness: Float) -> Vector3 {
        let room = room(direction, roughness)
        if let (distance, body) = set.hit(from: p + direction * 0.05, along: direction, steps: 22) {
            let q = p + direction * (distance + 0.05)
            let part = set.bodies[body].part(at: q)
            let n = set.normal(body, q)
            let facing = 0.45 + 0.55 * max(dot(n, light.key), 0)
            return set.materials[part.material].albedo * light.keyColour * (0.5 * facing)
        }
        guard direction.y < 0 else { return room }
        let floor = set.floor * light.keyColour * 0.5
        return mix(room, floor, smoothStep(0, 0.25 + roughness * 0.3, -direction.y))
    }

    private func room(_ direction: Vector3, _ roughness: Float) -> Vector3 {
        light.reflection(direction, room: set.backdrop * (set.isDark ? 0.7 : 1), roughness: roughness)
    }

    private func sheen(_ n: Vector3, _ direction: Vector3) -> Vector3 {
        let graze = 1 - max(-dot(direction, n), 0)
        return light.fill * (graze * graze * graze)
    }

    /// Floor and wall, joined by a wide curve, with the set's shadows.
    private func backdrop(from origin: Vector3, along direction: Vector3, isShadowed: Bool) -> Vector3 {
        let (p, n, isFloor) = set.backdropPoint(from: origin, along: direction)
        let albedo = mix(set.backdrop, set.floor, isFloor)
        let facing = max(dot(n, light.key), 0)
        let shadow = isShadowed ? set.lit(p, towards: light.key) : 1
        let open = isShadowed ? set.openness(p, n) : 1
        // A pool of light behind the product, falling off to the sides.
        let spot = (p - Vector3(-light.key.x * 0.8, set.middle, -1.5)) * Vector3(0.16, 0.19, 0.12)
        let pool = 0.42 + 0.68 * exponential(-dot(spot, spot))
        let key = light.keyColour * (0.72 * facing * shadow * light.passing(p))
        return albedo * (key + light.fill * open) * pool
    }

    private func reflected(_ d: Vector3, _ n: Vector3) -> Vector3 { d - n * (2 * dot(d, n)) }

    private func refracted(_ d: Vector3, _ n: Vector3, _ ratio: Float) -> Vector3 {
        let c = -dot(d, n)
        let k = 1 - ratio * ratio * (1 - c * c)
        return k < 0 ? reflected(d, n) : normalized(d * ratio + n * (ratio * c - k.squareRoot()))
    }

    /// Schlick's approximation.
    private func fresnel(_ cosine: Float, _ base: Float) -> Float {
        let g = saturated(1 - cosine)
        let g2 = g * g
        return base + (1 - base) * g2 * g2 * g
    }
}
