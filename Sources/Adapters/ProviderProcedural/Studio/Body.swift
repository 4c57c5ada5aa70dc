/// A solid in its place, and how it joins what comes before it.
struct Part: Sendable {
    enum Joint {
        /// Beside the others.
        case add
        /// Grown together over this width.
        case blend(Float)
        /// Cut away, with an edge of this radius.
        case carve(Float)
    }

    let solid: Solid
    let position: Vector3
    let material: Int
    let joint: Joint
    private let reach: Float
    private let rows: (Vector3, Vector3, Vector3)
    private let isTurned: Bool

    /// - Parameter turn: Turns about x, then y, then z, as fractions of a full turn.
    init(
        _ solid: Solid, at position: Vector3 = .zero, material: Int, joint: Joint = .add, turn: Vector3 = .zero
    ) {
        self.solid = solid
        self.position = position
        self.material = material
        self.joint = joint
        reach = solid.reach
        isTurned = turn != .zero
        rows = Self.rotation(turn)
    }

    /// The rows of the inverse rotation, which is the transpose.
    private static func rotation(_ turn: Vector3) -> (Vector3, Vector3, Vector3) {
        let full = 2 * halfTurn
        let (sx, cx) = (sine(turn.x * full), cosine(turn.x * full))
        let (sy, cy) = (sine(turn.y * full), cosine(turn.y * full))
        let (sz, cz) = (sine(turn.z * full), cosine(turn.z * full))
        return (
            Vector3(cz * cy, sz * cy, -sy),
            Vector3(cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx),
            Vector3(cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx)
        )
    }

    /// `p` in the solid's own axes.
    @inline(__always)
    func local(_ p: Vector3) -> Vector3 {
        let q = p - position
        return isTurned ? Vector3(dot(rows.0, q), dot(rows.1, q), dot(rows.2, q)) : q
    }

    func distance(_ p: Vector3) -> Float { solid.distance(local(p)) }

    /// The distance to what came before, `nearest`, and this part together.
    ///
    /// A part whose bounding sphere is too far to change the answer is not asked: most are not, at most points.
    @inline(__always)
    func joined(to nearest: Float, at p: Vector3) -> Float {
        let atLeast = length(p - position) - reach
        switch joint {
        case .add: return atLeast > nearest ? nearest : min(nearest, distance(p))
        case .blend(let width):
            if atLeast > nearest + width { return nearest }
            return Self.blended(nearest, distance(p), width)
        case .carve(let width):
            if atLeast > width - nearest { return nearest }
            let d = distance(p)
            let h = max(width - abs(nearest + d), 0) / width
            return max(nearest, -d) + h * h * width * 0.25
        }
    }

    @inline(__always)
    private static func blended(_ a: Float, _ b: Float, _ width: Float) -> Float {
        guard a < 1e8 else { return b }
        let h = max(width - abs(a - b), 0) / width
        return min(a, b) - h * h * width * 0.25
    }
}

/// Parts that make one thing, inside a sphere that bounds them.
struct Body: Sendable {
    let parts: [Part]
    let position: Vector3
    let centre: Vector3
    let radius: Float
    private let sine: Float
    private let cosine: Float

    /// - Parameters:
    ///   - position: Where the parts' origin stands.
    ///   - turn: Turn about the upright, as a fraction of a full turn.
    ///   - centre: The middle of the bounding sphere, in the parts' coordinates.
    init(_ parts: [Part], at position: Vector3, turn: Float = 0, centre: Vector3, radius: Float) {
        self.parts = parts
        self.position = position
        self.radius = radius
        sine = ProviderProcedural.sine(-turn * 2 * halfTurn)
        cosine = ProviderProcedural.cosine(turn * 2 * halfTurn)
        let (s, c) = (-sine, cosine)
        self.centre = position + Vector3(c * centre.x + s * centre.z, centre.y, -s * centre.x + c * centre.z)
    }

    /// `p` of the room in the parts' coordinates.
    @inline(__always)
    func local(_ p: Vector3) -> Vector3 {
        let q = p - position
        return Vector3(cosine * q.x + sine * q.z, q.y, -sine * q.x + cosine * q.z)
    }

    func distance(_ p: Vector3) -> Float {
        let outside = length(p - centre) - radius
        // Far away the sphere is near enough, and much cheaper.
        if outside > 0.4 { return outside }
        let q = local(p)
        // A span reads the array in place: iterating it counts references at every step of every ray.
        let parts = parts.span
        var nearest: Float = 1e9
        for index in parts.indices { nearest = parts[index].joined(to: nearest, at: q) }
        return nearest
    }

    /// The part whose surface is nearest to `p`.
    func part(at p: Vector3) -> Part {
        let q = local(p)
        var (best, owner) = (Float(1e9), parts[0])
        for part in parts {
            let d = abs(part.distance(q))
            if d < best - 1e-4 { (best, owner) = (d, part) }
        }
        return owner
    }

    /// Whether the ray may meet the body, and between which distances.
    @inline(__always)
    func span(from origin: Vector3, along direction: Vector3) -> (near: Float, far: Float)? {
        let offset = origin - centre
        let b = dot(offset, direction)
        let c = dot(offset, offset) - radius * radius
        let d = b * b - c
        guard d > 0 else { return nil }
        let root = d.squareRoot()
        return root - b > 0 ? (max(-b - root, 0), root - b) : nil
    }
}
