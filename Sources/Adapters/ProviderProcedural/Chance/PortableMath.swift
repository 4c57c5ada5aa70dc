// Elementary functions made of IEEE additions, multiplications, divisions and square roots alone. The C library's own
// may differ in the last bit from one processor to the next; these give the same picture on every machine.

typealias Vector2 = SIMD2<Float>
typealias Vector3 = SIMD3<Float>

let halfTurn: Float = 3.141_592_7

/// The largest whole number not above `x`, as a float and as bits, for |x| below 2^22.
///
/// Never traps, whatever `x` is.
@inline(__always)
func floored(_ x: Float) -> (whole: Float, index: Int32) {
    // Adding 1.5 * 2^23 leaves no room for a fraction: the sum's low bits are the rounded number.
    let magic: Float = 12_582_912
    let shifted = x + magic
    let nearest = shifted - magic
    let index = Int32(bitPattern: shifted.bitPattern) &- 0x4B40_0000
    return nearest > x ? (nearest - 1, index &- 1) : (nearest, index)
}

/// The part of `x` after the point, 0 to 1, also for negative numbers.
@inline(__always)
func fraction(_ x: Float) -> Float { x - floored(x).whole }

/// Limits `x` to 0...1; what is not a number becomes 0, so that no fault of a formula reaches an integer conversion.
@inline(__always)
func saturated(_ x: Float) -> Float { x > 0 ? (x < 1 ? x : 1) : 0 }

@inline(__always)
func clamped(_ x: Float, _ low: Float, _ high: Float) -> Float { x > low ? (x < high ? x : high) : low }

@inline(__always)
func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

@inline(__always)
func mix(_ a: Vector3, _ b: Vector3, _ t: Float) -> Vector3 { a + (b - a) * t }

/// 0 below `low`, 1 above `high`, and an S between them; with `low` above `high` it falls.
@inline(__always)
func smoothStep(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = saturated((x - low) / (high - low))
    return t * t * (3 - 2 * t)
}

@inline(__always)
func dot(_ a: Vector2, _ b: Vector2) -> Float { a.x * b.x + a.y * b.y }

@inline(__always)
func dot(_ a: Vector3, _ b: Vector3) -> Float { a.x * b.x + a.y * b.y + a.z * b.z }

@inline(__always)
func length(_ v: Vector2) -> Float { dot(v, v).squareRoot() }

@inline(__always)
func length(_ v: Vector3) -> Float { dot(v, v).squareRoot() }

@inline(__always)
func normalized(_ v: Vector3) -> Vector3 { v / max(length(v), 1e-20) }

@inline(__always)
func normalized(_ v: Vector2) -> Vector2 { v / max(length(v), 1e-20) }

@inline(__always)
func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
    Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// Turns `p` by an angle whose sine and cosine are given.
@inline(__always)
func rotated(_ p: Vector2, sine: Float, cosine: Float) -> Vector2 {
    Vector2(cosine * p.x - sine * p.y, sine * p.x + cosine * p.y)
}

/// Sine of `angle` in radians, within 1e-5 for |angle| below some thousands.
@inline(__always)
func sine(_ angle: Float) -> Float {
    // Reduced to a quarter turn either side of zero, then Taylor's polynomial.
    let turns = angle * (0.5 / halfTurn)
    var t = turns - floored(turns + 0.5).whole
    if t > 0.25 { t = 0.5 - t } else if t < -0.25 { t = -0.5 - t }
    let x = t * (2 * halfTurn)
    let s = x * x
    return x * (1 - s * (1 / 6.0 - s * (1 / 120.0 - s * (1 / 5040.0 - s * (1 / 362_880.0)))))
}

@inline(__always)
func cosine(_ angle: Float) -> Float { sine(angle + 0.5 * halfTurn) }

/// e to the power `x`, within 1e-6 of its value; 0 below -80.
@inline(__always)
func exponential(_ x: Float) -> Float {
    guard x > -80 else { return 0 }
    let scaled = (x < 80 ? x : 80) * 1.442_695_04
    let (whole, index) = floored(scaled)
    let f = (scaled - whole) * 0.693_147_18
    let p = 1 + f * (1 + f * (0.5 + f * (1 / 6.0 + f * (1 / 24.0 + f * (1 / 120.0 + f * (1 / 720.0))))))
    return p * Float(bitPattern: UInt32(bitPattern: (index &+ 127) << 23))
}

/// The natural logarithm of `x`; of what is not positive, that of the smallest normal number.
func logarithm(_ x: Float) -> Float {
    let bits = (x > 1.2e-38 ? x : 1.2e-38).bitPattern
    let exponent = Float(Int32(bits >> 23) - 127)
    let mantissa = Float(bitPattern: (bits & 0x7F_FFFF) | 0x3F80_0000)
    let r = (mantissa - 1) / (mantissa + 1)
    let s = r * r
    return exponent * 0.693_147_18 + 2 * r * (1 + s * (1 / 3.0 + s * (1 / 5.0 + s * (1 / 7.0 + s / 9))))
}

/// `base` to the power `exponent` for positive bases; 0 for others.
func power(_ base: Float, _ exponent: Float) -> Float {
    base > 0 ? exponential(exponent * logarithm(base)) : 0
}

/// The angle of the vector (x, y) in radians, -pi to pi, within 1e-4.
func angle(of v: Vector2) -> Float {
    let (ax, ay) = (abs(v.x), abs(v.y))
    let small = min(ax, ay) / max(max(ax, ay), 1e-20)
    let s = small * small
    var a = small * (0.999_866 + s * (-0.330_299_5 + s * (0.180_141 + s * (-0.085_133 + s * 0.020_835_1))))
    if ay > ax { a = 0.5 * halfTurn - a }
    if v.x < 0 { a = halfTurn - a }
    return v.y < 0 ? -a : a
}
