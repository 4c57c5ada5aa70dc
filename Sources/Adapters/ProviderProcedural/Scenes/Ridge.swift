/// One range of mountains, hills, dunes or trees between the eye and the horizon.
struct Ridge: Sendable {
    enum Kind { case mountain, hill, dune, forest }

    let kind: Kind
    /// 0 near, 1 at the horizon.
    let distance: Float
    /// Where it stands, and how far it rises above that.
    let base: Float
    let rise: Float
    /// Bumps a unit.
    let frequency: Float
    let offset: Float
    let noise: Noise
    let hasSnow: Bool

    /// The highest it can reach, so that most of the sky needs no more than one comparison.
    var ceiling: Float { base + rise * 1.75 + (kind == .forest ? treeWidth * 5.5 : 0) }

    private var treeWidth: Float { 0.34 * rise }

    /// Height of the ground line above `x`.
    func ground(_ x: Float) -> Float {
        let p = Vector2(x * frequency + offset, offset * 0.37)
        switch kind {
        case .mountain:
            let crest = noise.ridges(p, octaves: 6)
            return base + rise * (crest * 1.35 + 0.35 * noise.value(p * 0.45) - 0.08)
        case .hill, .forest:
            return base + rise * (0.5 + 0.75 * noise.sum(p, octaves: 3))
        case .dune:
            // A smooth back and a sharp crest.
            let bump = 1 - abs(noise.value(p) + 0.25 * noise.value(p * 2.1))
            return base + rise * (bump * 0.9 + 0.1 * noise.value(p * 0.5))
        }
    }

    func covers(_ p: Vector2) -> Bool {
        guard p.y < ceiling else { return false }
        return p.y < ground(p.x) || (kind == .forest && isTree(p))
    }

    /// A fir for each cell, and its neighbours that lean in.
    private func isTree(_ p: Vector2) -> Bool {
        let width = treeWidth
        let middle = floored(p.x / width).index
        for step in Int32(-2)...2 {
            let cell = middle &+ step
            let bits = noise.cell(cell, 77)
            let place = (Float(cell) + 0.5 + (Float(bits & 255) / 255 - 0.5) * 0.9) * width
            let size = 0.45 + 0.55 * Float(bits >> 8 & 255) / 255
            let height = width * 5.2 * size
            let foot = ground(place) - width * 0.3
            let t = (p.y - foot) / height
            guard t > 0, t < 1 else { continue }
            let branches = 6 + Float(bits >> 16 & 7)
            let tier = fraction(t * branches)
            let ragged = 0.12 * noise.value(Vector2(p.x, p.y) * (14 / width))
            let half = width * size * (0.78 * (1 - t) * (0.72 + 0.36 * (1 - tier) + ragged) + 0.015)
            if abs(p.x - place) < half { return true }
        }
        return false
    }

    /// Its light: near things dark and rich, far things taken over by the haze, mist lying in the valleys.
    func light(at p: Vector2, under sky: Sky) -> Vector3 {
        let colours = sky.colours
        let height = ground(p.x)
        let below = height - p.y
        // One side for the whole range: its faces would show a seam under the sun otherwise.
        let side: Float = sky.sunPlace.x > 0 ? 1 : -1
        let body = surface(p, below, side, sky)
        let toSun = length(p - sky.sunPlace)
        let glow = colours.sun * (0.16 * distance * exponential(-toSun * 2.4))
        let isMeadow = kind == .hill
        let veil = mix(0.03, isMeadow ? 0.66 : 0.9, distance)
        let mist = saturated(below / (rise * 1.1 + 0.05)) * mix(0.1, isMeadow ? 0.3 : 0.62, distance.squareRoot())
        let air = saturated(veil + (1 - veil) * mist)
        return mix(body, colours.haze, air) + glow
    }

    private func surface(_ p: Vector2, _ below: Float, _ side: Float, _ sky: Sky) -> Vector3 {
        let colours = sky.colours
        return switch kind {
        case .mountain: rock(p, below, side, colours)
        case .dune: sand(p, below, side, sky)
        case .hill: grass(p, below, side, colours)
        case .forest: colours.near * (0.8 + 0.5 * saturated(1 - below / (rise + 0.01)))
        }
    }

    private func rock(_ p: Vector2, _ below: Float, _ side: Float, _ colours: SkyColours) -> Vector3 {
        // Faces fall away to both sides of the crest, so the pattern is stretched down the slope.
        let lean = 0.55 * below * clamped(noise.value(Vector2(p.x * frequency * 1.5, offset)) * 5, -1, 1)
        let q = Vector2((p.x + lean) * frequency * 2.2 + offset, p.y * frequency * 1.5)
        let a = noise.ridges(q, octaves: 6)
        let b = noise.ridges(q + Vector2(0.05 * side, 0.035), octaves: 6)
        let lit = saturated(0.40 + (a - b) * 3.4)
        let stone = mix(colours.near, Colour.blendFast(colours.near, colours.haze, 0.5), lit)
        guard hasSnow else { return stone }
        let line = below / (rise + 0.001) + 0.45 * noise.sum(q * 1.3, octaves: 4)
        let snow = smoothStep(0.62, 0.42, line) * smoothStep(0.16, 0.34, lit + 0.1)
        let white = mix(colours.cloudShade, mix(colours.sun, Vector3(0.9, 0.92, 0.95), 0.5), lit)
        return mix(stone, white, snow * 0.9)
    }

    private func sand(_ p: Vector2, _ below: Float, _ side: Float, _ sky: Sky) -> Vector3 {
        // The edge between light and shade runs down from the crest at a slant.
        let x = p.x + below * 0.9 * side + 0.03 * noise.value(p * 3)
        let slope = (ground(x + 0.02) - ground(x - 0.02)) / 0.04 * side
        let lit = smoothStep(0.28, -0.12, slope)
        let wind = 0.35 * noise.sum(p * Vector2(2.5, 5), octaves: 3)
        let ripples = sine((below * (1 + below) * 95 / (0.25 + rise)) + wind * 26 + p.x * 14)
        let fine = 1 + 0.05 * ripples * (1 - distance) * lit
        let warm = Colour.blendFast(sky.colours.sun, Vector3(0.80, 0.42, 0.17), 0.7) * (sky.hour == .night ? 0.16 : 1)
        let shade = mix(sky.colours.near, warm * 0.35, 0.5)
        return mix(shade, warm * 0.8, lit) * fine
    }

    private func grass(_ p: Vector2, _ below: Float, _ side: Float, _ colours: SkyColours) -> Vector3 {
        let blades = 0.5 + noise.sum(Vector2(p.x * 16, below * 60), octaves: 3)
        let patch = 0.5 + noise.sum(Vector2(p.x * 1.3 + offset, below * 4), octaves: 3)
        let slope = (ground(p.x + 0.03) - ground(p.x - 0.03)) / 0.06 * side
        let lit = smoothStep(0.35, -0.45, slope)
        let green = Colour.blendFast(Vector3(0.03, 0.10, 0.035), Vector3(0.34, 0.42, 0.06), saturated(patch))
        let meadow = Colour.blendFast(green, colours.near, 0.28) * mix(0.55, 1.25, lit) * (0.75 + 0.45 * blades)
        // Flowers gather in drifts.
        let drift = noise.value(Vector2(p.x * 2.2 - offset, below * 7 + offset))
        let dots = noise.value(Vector2(p.x * 46, below * 92 + offset))
        let isFlower = drift > 0.12 && dots > 0.55 && distance < 0.4
        let bloom = drift > 0.4 ? Vector3(0.75, 0.12, 0.10) : Vector3(0.85, 0.62, 0.16)
        let rim = exponential(-below * 30) * 0.35
        return (isFlower ? mix(meadow, bloom, 0.8) : meadow) + colours.sun * (rim * 0.22)
    }
}

extension Colour {
    /// Halfway between two lights, by their square roots: nearly even to the eye and cheap enough for every pixel.
    @inline(__always)
    static func blendFast(_ a: Vector3, _ b: Vector3, _ t: Float) -> Vector3 {
        let root = mix(a.squareRoot(), b.squareRoot(), t)
        return root * root
    }
}
