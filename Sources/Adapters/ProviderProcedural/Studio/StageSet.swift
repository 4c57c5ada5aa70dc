/// The stage: backdrop, plinths, decoration and the product on it.
struct StageSet: Sendable {
    let bodies: [Body]
    let materials: [Material]
    let backdrop: Vector3
    let floor: Vector3
    let isDark: Bool
    /// The height to look at.
    let middle: Float
    private static let wall: Float = -3.4

    init(_ product: Subject.Product, reading: PromptReading, frame: Frame, chance: inout Chance) {
        let colours = StageColours(reading, chance: &chance)
        backdrop = colours.backdrop
        floor = colours.floor
        isDark = colours.isDark
        materials = colours.materials
        let plan = StagePlan(chance: &chance)
        let model = ProductModel(product, chance: &chance)
        let turn = chance.number(model.turn.lowerBound, model.turn.upperBound)
        let thing = Body(
            model.parts, at: Vector3(plan.place.x, plan.height, plan.place.z), turn: turn, centre: model.centre,
            radius: model.radius)
        bodies = plan.bodies + [thing]
        middle = (plan.height + model.height) * 0.5
    }

    /// The first surface on the ray: how far, and of which body.
    func hit(
        from origin: Vector3, along direction: Vector3, except: Int = -1, steps: Int = 80
    ) -> (Float, Int)? {
        var (best, owner) = (Float(60), -1)
        for (index, body) in bodies.enumerated() where index != except {
            guard let span = body.span(from: origin, along: direction), span.near < best else { continue }
            var t = span.near
            for _ in 0..<steps {
                let d = body.distance(origin + direction * t)
                if d < 0.0007 * (1 + t * 0.3) {
                    if t < best { (best, owner) = (t, index) }
                    break
                }
                t += d * 0.95
                if t > span.far || t > best { break }
            }
        }
        return owner < 0 ? nil : (best, owner)
    }

    func normal(_ body: Int, _ p: Vector3) -> Vector3 {
        let e: Float = 0.0012
        let thing = bodies[body]
        // Four corners of a tetrahedron do what six differences along the axes would.
        let a = thing.distance(p + Vector3(e, -e, -e))
        let b = thing.distance(p + Vector3(-e, -e, e))
        let c = thing.distance(p + Vector3(-e, e, -e))
        let d = thing.distance(p + Vector3(e, e, e))
        return normalized(Vector3(a - b - c + d, -a - b + c + d, -a + b - c + d))
    }

    /// How much of a wide lamp in `direction` is seen from `p`, 0 to 1.
    func lit(_ p: Vector3, towards direction: Vector3) -> Float {
        var lit: Float = 1
        for body in bodies {
            // Penumbras reach beyond the sphere.
            guard length(p - body.centre) < body.radius * 6 else { continue }
            var t: Float = 0.02
            for _ in 0..<26 {
                let d = body.distance(p + direction * t)
                lit = min(lit, 0.5 + 0.5 * d * 7.5 / t)
                if lit < 0.02 || t > 7 { break }
                t += clamped(d, 0.03, 0.5)
            }
            if lit < 0.02 { return 0 }
        }
        return smoothStep(0, 1, lit)
    }

    /// How open the half space over a surface is, 0 to 1: ambient occlusion from five probes.
    func openness(_ p: Vector3, _ n: Vector3) -> Float {
        var (closed, weight) = (Float(0), Float(1))
        for step in 1...5 {
            let reach = 0.07 * Float(step)
            let q = p + n * reach
            var d = max(q.y, 0)
            for body in bodies { d = min(d, body.distance(q)) }
            closed += max(reach - d, 0) * weight
            weight *= 0.72
        }
        return saturated(1 - 1.5 * closed)
    }

    /// How far the ray runs inside a body.
    func depth(of body: Int, from p: Vector3, along direction: Vector3) -> Float {
        var t: Float = 0.02
        for _ in 0..<40 {
            let d = bodies[body].distance(p + direction * t)
            if d > -0.001 { break }
            t += max(-d, 0.004)
        }
        return t
    }

    /// Where the ray meets floor or wall, its normal, and how much floor it is.
    func backdropPoint(from origin: Vector3, along d: Vector3) -> (Vector3, Vector3, Float) {
        let down = d.y < -1e-4 ? -origin.y / d.y : 1e6
        let back = d.z < -1e-4 ? (Self.wall - origin.z) / d.z : 1e6
        let t = min(down, back, 40)
        let p = origin + d * max(t, 0)
        // Around the corner both normals mix, as on a curved paper roll.
        let fromCorner = (p.z - Self.wall) - p.y
        let isFloor = smoothStep(-1.6, 1.6, fromCorner)
        return (p, normalized(mix(Vector3(0, 0, 1), Vector3(0, 1, 0), isFloor)), isFloor)
    }
}
