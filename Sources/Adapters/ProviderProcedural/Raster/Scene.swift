/// A picture as a function: what light comes from where.
protocol Scene: Sendable {
    /// The light at `point` in linear sRGB; above 1 it shines.
    ///
    /// - Parameter point: Origin in the middle, y up, the shorter side from -1 to 1.
    func light(at point: Vector2) -> Vector3
}

/// The shape of the canvas in a scene's units.
struct Frame: Sendable {
    let width: Int
    let height: Int

    /// Half the width: 1, or more for landscape formats.
    var right: Float { Float(width) / Float(min(width, height)) }
    /// Half the height: 1, or more for portrait formats.
    var top: Float { Float(height) / Float(min(width, height)) }
    /// One pixel.
    var pixel: Float { 2 / Float(min(width, height)) }

    /// The scene point at pixel coordinates, whose origin is the top-left corner.
    @inline(__always)
    func point(_ x: Float, _ y: Float) -> Vector2 {
        Vector2((x - 0.5 * Float(width)) * pixel, (0.5 * Float(height) - y) * pixel)
    }
}
