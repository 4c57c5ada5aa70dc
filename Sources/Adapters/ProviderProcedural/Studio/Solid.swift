/// Simple solids by their signed distance: negative inside, a lower bound of the way to the surface outside.
///
/// - SeeAlso: Quilez, *Distance functions*; Hart, *Sphere Tracing*, 1996.
enum Solid: Sendable {
    /// Half sides, and the radius of the edges inside them.
    case box(Vector3, rounding: Float)
    /// About the y axis.
    case cylinder(radius: Float, half: Float, rounding: Float)
    case sphere(Float)
    case ellipsoid(Vector3)
    /// About the y axis.
    case torus(major: Float, minor: Float)
    /// Along the y axis.
    case capsule(half: Float, radius: Float)
    /// A band about the y axis: `half` high, `thickness` to both sides of `radius`.
    case band(radius: Float, half: Float, thickness: Float, rounding: Float)
    /// Turned on a lathe: radii at even heights from -half to half.
    case lathe([Float], half: Float)
    /// A sole: circles `heel` and `ball` around the ends of a line of `length` along x, joined and extruded.
    case sole(heel: Float, ball: Float, length: Float, half: Float, rounding: Float)
    /// A brilliant-cut stone of this radius, table up.
    case gem(Float)

    func distance(_ p: Vector3) -> Float {
        switch self {
        case .box(let half, let rounding): Self.box(p, half, rounding)
        case .cylinder(let radius, let half, let rounding):
            Self.rectangle(Vector2(length(Vector2(p.x, p.z)), p.y), Vector2(radius, half), rounding)
        case .sphere(let radius): length(p) - radius
        case .ellipsoid(let radii): Self.ellipsoid(p, radii)
        case .torus(let major, let minor):
            length(Vector2(length(Vector2(p.x, p.z)) - major, p.y)) - minor
        case .capsule(let half, let radius):
            length(Vector3(p.x, p.y - clamped(p.y, -half, half), p.z)) - radius
        case .band(let radius, let half, let thickness, let rounding):
            Self.rectangle(Vector2(length(Vector2(p.x, p.z)) - radius, p.y), Vector2(thickness, half), rounding)
        case .lathe(let radii, let half): Self.lathe(p, radii, half)
        case .sole(let heel, let ball, let length, let half, let rounding):
            Self.sole(p, heel, ball, length, half, rounding)
        case .gem(let radius): Self.gem(p, radius)
        }
    }

    private static func box(_ p: Vector3, _ half: Vector3, _ rounding: Float) -> Float {
        let q = Vector3(abs(p.x), abs(p.y), abs(p.z)) - half + rounding
        let outside = Vector3(max(q.x, 0), max(q.y, 0), max(q.z, 0))
        return length(outside) + min(max(q.x, q.y, q.z), 0) - rounding
    }

    private static func rectangle(_ p: Vector2, _ half: Vector2, _ rounding: Float) -> Float {
        let x = abs(p.x) - half.x + rounding
        let y = abs(p.y) - half.y + rounding
        return length(Vector2(max(x, 0), max(y, 0))) + min(max(x, y), 0) - rounding
    }

    private static func ellipsoid(_ p: Vector3, _ radii: Vector3) -> Float {
        let near = length(p / radii)
        let steep = length(p / (radii * radii))
        return steep > 1e-6 ? near * (near - 1) / steep : -radii.min()
    }

    private static func lathe(_ p: Vector3, _ radii: [Float], _ half: Float) -> Float {
        let last = radii.count - 1
        let place = clamped((p.y + half) / (2 * half), 0, 0.9999) * Float(last)
        let index = Int(place)
        let t = place - Float(index)
        let (a, b) = (radii[index], radii[index + 1])
        let before = radii[max(index - 1, 0)]
        let after = radii[min(index + 2, last)]
        // Catmull-Rom through the radii.
        let radius =
            a + 0.5 * t * (b - before + t * (2 * before - 5 * a + 4 * b - after + t * (3 * (a - b) + after - before)))
        let slope = (b - a) * Float(last) / (2 * half)
        let side = (length(Vector2(p.x, p.z)) - radius) / (1 + slope * slope).squareRoot()
        let cap = abs(p.y) - half
        return cap > 0 && side > 0 ? length(Vector2(side, cap)) : max(side, cap) * (cap > side ? 1 : 0.8)
    }

    private static func sole(
        _ p: Vector3, _ heel: Float, _ ball: Float, _ length: Float, _ half: Float, _ rounding: Float
    ) -> Float {
        // Quilez's uneven capsule in plan: two circles and the tangents between them.
        let side = abs(p.z)
        let along = p.x + 0.5 * length
        let b = (heel - ball) / length
        let a = (1 - b * b).squareRoot()
        let k = -b * side + a * along
        let plan: Float
        if k < 0 {
            plan = ProviderProcedural.length(Vector2(side, along)) - heel
        } else if k > a * length {
            plan = ProviderProcedural.length(Vector2(side, along - length)) - ball
        } else {
            plan = side * a + along * b - heel
        }
        let x = plan + rounding
        let y = abs(p.y) - half + rounding
        return ProviderProcedural.length(Vector2(max(x, 0), max(y, 0))) + min(max(x, y), 0) - rounding
    }

    private static func gem(_ p: Vector3, _ radius: Float) -> Float {
        // Folded into one of eight sectors; then crown, girdle and pavilion are three planes, with a turned set between.
        let q = Vector2(abs(p.x), abs(p.z))
        let s: Float = 0.707_106_8
        let straight = max(q.x, q.y, s * (q.x + q.y))
        let turned = max(0.923_88 * q.x + 0.382_68 * q.y, 0.382_68 * q.x + 0.923_88 * q.y)
        let y = p.y / radius
        let crown = 0.62 * straight / radius + 0.78 * y - 0.62
        let star = 0.50 * turned / radius + 0.87 * y - 0.575
        let pavilion = 0.70 * straight / radius - 0.72 * y - 0.68
        let lower = 0.66 * turned / radius - 0.75 * y - 0.66
        return radius * max(crown, star, pavilion, lower, y - 0.36, turned / radius - 0.98)
    }
}
