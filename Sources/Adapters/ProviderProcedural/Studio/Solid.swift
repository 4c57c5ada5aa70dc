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
    case lathe(Profile, half: Float)
    /// A sole: circles `heel` and `ball` around the ends of a line of `length` along x, joined and extruded.
    case sole(heel: Float, ball: Float, length: Float, half: Float, rounding: Float)
    /// A sports shoe's upper over a sole of that form, toe towards x, with its collar this high.
    case upper(collar: Float)
    /// A brilliant-cut stone of this radius, table up.
    case gem(Float)

    /// The radius of a sphere around the origin that holds the solid.
    var reach: Float {
        switch self {
        case .box(let half, _): length(half)
        case .cylinder(let radius, let half, _): length(Vector2(radius, half))
        case .sphere(let radius): radius
        case .ellipsoid(let radii): radii.max()
        case .torus(let major, let minor): major + minor
        case .capsule(let half, let radius): half + radius
        case .band(let radius, let half, let thickness, _): length(Vector2(radius + thickness, half))
        case .lathe(let radii, let half): length(Vector2(radii.greatest, half)) * 1.05
        case .sole(let heel, let ball, let length, let half, _): 0.5 * length + max(heel, ball) + half
        case .upper(let collar): 1.15 + 0.3 * collar
        case .gem(let radius): radius * 1.1
        }
    }

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
        case .upper(let collar): Self.upper(p, collar)
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

    private static func lathe(_ p: Vector3, _ radii: Profile, _ half: Float) -> Float {
        let last = Profile.count - 1
        let place = clamped((p.y + half) / (2 * half), 0, 0.9999) * Float(last)
        let (radius, rise) = radii.curve(at: place)
        let slope = rise * Float(last) / (2 * half)
        let side = (length(Vector2(p.x, p.z)) - radius) / (1 + slope * slope).squareRoot()
        let cap = abs(p.y) - half
        return cap > 0 && side > 0 ? length(Vector2(side, cap)) : max(side, cap) * (cap > side ? 1 : 0.8)
    }

    private static func upper(_ p: Vector3, _ collar: Float) -> Float {
        let plan = outline(p, 0.31, 0.37, 1.38)
        let profile: Profile = [
            collar * 0.95, collar, collar * 0.92, collar * 0.97, 0.76, 0.56, 0.42, 0.34, 0.24,
        ]
        let top = profile.curve(at: clamped((p.x + 1.02) / 2.08, 0, 0.9999) * 8).value
        let up = max(p.y, 0)
        let side = plan + 0.11 * up * up + 0.03 * up
        let over = (p.y - top) * 0.72
        let h = max(0.2 - abs(side - over), 0) / 0.2
        return max(max(side, over) + h * h * 0.05, -p.y) * 0.9
    }

    private static func sole(
        _ p: Vector3, _ heel: Float, _ ball: Float, _ length: Float, _ half: Float, _ rounding: Float
    ) -> Float {
        let x = outline(p, heel, ball, length) + rounding
        let y = abs(p.y) - half + rounding
        return ProviderProcedural.length(Vector2(max(x, 0), max(y, 0))) + min(max(x, y), 0) - rounding
    }

    /// Quilez's uneven capsule in plan: two circles and the tangents between them.
    private static func outline(_ p: Vector3, _ heel: Float, _ ball: Float, _ length: Float) -> Float {
        let side = abs(p.z)
        let along = p.x + 0.5 * length
        let b = (heel - ball) / length
        let a = (1 - b * b).squareRoot()
        let k = -b * side + a * along
        if k < 0 { return ProviderProcedural.length(Vector2(side, along)) - heel }
        if k > a * length { return ProviderProcedural.length(Vector2(side, along - length)) - ball }
        return side * a + along * b - heel
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
