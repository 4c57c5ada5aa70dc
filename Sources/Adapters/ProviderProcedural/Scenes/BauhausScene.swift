/// A poster of plain shapes on a grid, printed on paper.
struct BauhausScene: Scene {
    private let noise: Noise
    private let colours: [Vector3]
    private let ground: Vector3
    private let cells: Float
    private let salt: Int32
    /// Half the printed area, in tiles.
    private let half: Vector2

    init(palette: Palette, frame: Frame, chance: inout Chance) {
        noise = Noise(&chance)
        ground = Colour.blend(palette.lightest, Vector3(0.93, 0.89, 0.80), 0.4)
        colours = palette.colours
        let count = chance.integer(3...5)
        cells = Float(count) * 0.55
        salt = Int32(chance.integer(0...99_999))
        // Whole tiles only; what is left over is the poster's margin.
        let across = floored(2 * frame.right * cells * 0.94).whole
        let down = floored(2 * frame.top * cells * 0.94).whole
        half = Vector2(max(across, 1), max(down, 1)) * 0.5
    }

    func light(at p: Vector2) -> Vector3 {
        let paper = 1 + 0.05 * noise.sum(p * 60, octaves: 2) + 0.03 * noise.sum(p * 3, octaves: 3)
        return print(p) * paper
    }

    private func print(_ p: Vector2) -> Vector3 {
        let q = p * cells
        guard abs(q.x) < half.x, abs(q.y) < half.y else { return ground }
        let g = q + half
        // A big shape takes four cells where its corner says so.
        let (bx, bix) = floored(g.x / 2)
        let (by, biy) = floored(g.y / 2)
        let big = noise.cell(bix &+ 4_000, biy &+ salt)
        let fits = (bx + 1) <= half.x && (by + 1) <= half.y
        if fits, big & 3 == 0 {
            return tile(Vector2(g.x / 2 - bx, g.y / 2 - by), big >> 2)
        }
        let (fx, ix) = floored(g.x)
        let (fy, iy) = floored(g.y)
        return tile(Vector2(g.x - fx, g.y - fy), noise.cell(ix, iy &+ salt))
    }

    /// One tile of unit size; `bits` choose its shape, its turn and its colours.
    private func tile(_ cell: Vector2, _ bits: UInt32) -> Vector3 {
        var q = cell
        for _ in 0..<(bits >> 4 & 3) { q = Vector2(1 - q.y, q.x) }
        let count = UInt32(colours.count)
        let back = colours[Int((bits >> 8) % count)]
        let front = colours[Int((bits >> 8) % count + 1 + (bits >> 12) % (count - 1)) % colours.count]
        let third = colours[Int((bits >> 17) % count)]
        switch (bits >> 20) % 11 {
        case 0: return length(q) < 1 ? front : back
        case 1: return length(q - 0.5) < 0.42 ? front : back
        case 2:
            let r = length(q)
            return r < 0.33 ? third : r < 0.66 ? back : r < 1 ? front : back
        case 3: return q.x + q.y < 1 ? front : back
        case 4: return fraction(q.x * 4) < 0.5 ? front : back
        case 5: return length(Vector2(q.x, q.y - 0.5)) < 0.5 ? front : back
        case 6:
            let inLeaf = length(q) < 1 && length(q - 1) < 1
            return inLeaf ? front : back
        case 7:
            let dots = Vector2(fraction(q.x * 4) - 0.5, fraction(q.y * 4) - 0.5)
            return length(dots) < 0.27 ? front : back
        case 8:
            let r = length(q - 0.5)
            return r < 0.16 ? third : r < 0.44 ? front : back
        case 9: return fraction((q.x + q.y) * 3) < 0.5 ? front : back
        default: return q.y < 0.5 ? (length(Vector2(q.x - 0.5, q.y)) < 0.5 ? front : back) : third
        }
    }
}
