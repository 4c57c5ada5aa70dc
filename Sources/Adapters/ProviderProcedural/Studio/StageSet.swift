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
    /// One over the key light's angular size.
    private static let penumbra: Float = 7.5

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
        let bodies = bodies.span
        for index in bodies.indices where index != except {
            guard let span = bodies[index].span(from: origin, along: direction), span.near < best else { continue }
            var t = span.near
            for _ in 0..<steps {
                let d = bodies[index].distance(origin + direction * t)
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
        let bodies = bodies.span
        // Four corners of a tetrahedron do what six differences along the axes would.
        let a = bodies[body].distance(p + Vector3(e, -e, -e))
        let b = bodies[body].distance(p + Vector3(-e, -e, e))
        let c = bodies[body].distance(p + Vector3(-e, e, -e))
        let d = bodies[body].distance(p + Vector3(e, e, e))
        return normalized(Vector3(a - b - c + d, -a - b + c + d, -a + b - c + d))
    }

    /// How much of a wide lamp in `direction` is seen from `p`, 0 to 1.
    func lit(_ p: Vector3, towards direction: Vector3) -> Float {
        var lit: Float = 1
        let bodies = bodies.span
        for index in bodies.indices {
            let (centre, radius) = (bodies[index].centre, bodies[index].radius)
            // Beyond this a body cannot reach into the lamp, whose width is `penumbra`: most points skip most bodies.
            let offset = centre - p
            let along = dot(offset, direction)
            guard along > -radius else { continue }
            let aside = max(dot(offset, offset) - along * along, 0).squareRoot() - radius
            guard aside * Self.penumbra < along + radius else { continue }
            lit = min(lit, passing(index, from: p, along: direction, middle: along, lit))
            if lit < 0.02 { return 0 }
        }
        return smoothStep(0, 1, lit)
    }

    /// How much light passes beside one body; `middle` is where the ray is nearest to the body's centre.
    private func passing(
        _ body: Int, from p: Vector3, along direction: Vector3, middle: Float, _ lit: Float
    ) -> Float {
        let bodies = bodies.span
        let radius = bodies[body].radius * 1.4
        var lit = lit
        var t = max(0.02, middle - radius)
        for _ in 0..<30 {
            let d = bodies[body].distance(p + direction * t)
            lit = min(lit, 0.5 + 0.5 * d * Self.penumbra / t)
            t += clamped(d, 0.03, 0.5)
            if lit < 0.02 || t > middle + radius { break }
        }
        return lit
    }

    /// How open the half space over a surface is, 0 to 1: ambient occlusion from five probes.
    func openness(_ p: Vector3, _ n: Vector3) -> Float {
        let reaches = SIMD8<Float>(0.07, 0.14, 0.21, 0.28, 0.35, 0, 0, 0)
        let weights = SIMD8<Float>(1, 0.72, 0.52, 0.37, 0.27, 0, 0, 0)
        var distances = SIMD8<Float>(repeating: p.y) + reaches * n.y
        let bodies = bodies.span
        for index in bodies.indices where length(p - bodies[index].centre) < bodies[index].radius + 0.7 {
            for step in 0..<5 {
                distances[step] = min(distances[step], bodies[index].distance(p + n * reaches[step]))
            }
        }
        let missing = pointwiseMin(reaches, pointwiseMax(reaches - distances, .zero)) * weights
        return saturated(1 - 1.5 * missing.sum())
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
