/// Smooth randomness over the plane: gradient noise and its sums.
///
/// - SeeAlso: Perlin, *Improving Noise*, 2002 (the quintic fade); Quilez, *Domain Warping*, 2002.
struct Noise: Sendable {
    private let seed: UInt32

    init(_ chance: inout Chance) { seed = UInt32(truncatingIfNeeded: chance.bits()) }

    /// 32 random bits of the cell (x, y).
    @inline(__always)
    func cell(_ x: Int32, _ y: Int32) -> UInt32 {
        var h = UInt32(bitPattern: x) &* 0x9E37_79B1 ^ UInt32(bitPattern: y) &* 0x85EB_CA77 ^ seed
        h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
        h = (h ^ (h >> 12)) &* 0x297A_2D39
        return h ^ (h >> 15)
    }

    /// A random number of the cell, 0 to 1.
    @inline(__always)
    func unit(_ x: Int32, _ y: Int32) -> Float { Float(cell(x, y) >> 8) * (1 / 16_777_216) }

    @inline(__always)
    private func slope(_ x: Int32, _ y: Int32, _ dx: Float, _ dy: Float) -> Float {
        let h = cell(x, y)
        let gx = Float(Int16(truncatingIfNeeded: h)) * (1 / 32_768)
        let gy = Float(Int16(truncatingIfNeeded: h >> 16)) * (1 / 32_768)
        return gx * dx + gy * dy
    }

    /// Gradient noise: 0 on average, rarely beyond -1...1, one bump about each unit.
    func value(_ p: Vector2) -> Float {
        let (fx, ix) = floored(p.x)
        let (fy, iy) = floored(p.y)
        let (dx, dy) = (p.x - fx, p.y - fy)
        let u = dx * dx * dx * (dx * (dx * 6 - 15) + 10)
        let v = dy * dy * dy * (dy * (dy * 6 - 15) + 10)
        let top = mix(slope(ix, iy, dx, dy), slope(ix &+ 1, iy, dx - 1, dy), u)
        let bottom = mix(slope(ix, iy &+ 1, dx, dy - 1), slope(ix &+ 1, iy &+ 1, dx - 1, dy - 1), u)
        return 1.7 * mix(top, bottom, v)
    }

    /// Fractal sum of `octaves`, each twice as fine and half as strong, turned so that no grid shows.
    func sum(_ p: Vector2, octaves: Int) -> Float {
        var (total, strength, point): (Float, Float, Vector2) = (0, 0.5, p)
        for _ in 0..<octaves {
            total += strength * value(point)
            point = Vector2(1.6 * point.x - 1.2 * point.y, 1.2 * point.x + 1.6 * point.y) + Vector2(17.3, -9.1)
            strength *= 0.5
        }
        return total
    }

    /// Fractal sum of sharp crests, about 0 to 1: mountains, veins, cracks.
    func ridges(_ p: Vector2, octaves: Int) -> Float {
        var (total, strength, point, last): (Float, Float, Vector2, Float) = (0, 0.55, p, 1)
        for _ in 0..<octaves {
            let crest = 1 - min(abs(value(point)) * 1.5, 1)
            let sharp = crest * crest * last
            total += strength * sharp
            last = sharp
            point = Vector2(1.6 * point.x - 1.2 * point.y, 1.2 * point.x + 1.6 * point.y) + Vector2(5.7, 31.4)
            strength *= 0.5
        }
        return total
    }

    /// `p` moved about by two sums: what marble, smoke and clouds have in common.
    func warped(_ p: Vector2, by amount: Float, octaves: Int) -> Vector2 {
        let a = sum(p + Vector2(1.7, 9.2), octaves: octaves)
        let b = sum(p + Vector2(8.3, 2.8), octaves: octaves)
        return p + Vector2(a, b) * amount
    }
}
