/// Flowers and leaves laid on paper, each with its shadow.
struct BotanicalScene: Scene {
    /// Uppermost first.
    private let blades: [Blade]
    private let noise: Noise
    private let ground: Gradient
    private let frame: Frame
    private let lamp: Vector2
    /// The blades that may touch each square of the canvas, so that a pixel asks a dozen and not hundreds.
    private let index: [[Int32]]
    private static let squares = 28
    private static let reach: Float = 0.05

    init(reading: PromptReading, frame: Frame, palette: Palette, chance: inout Chance) {
        self.frame = frame
        noise = Noise(&chance)
        let garden = Garden(reading: reading, frame: frame, palette: palette, chance: &chance)
        blades = garden.blades
        ground = Gradient(even: garden.ground)
        lamp = normalized(Vector2(chance.happens(0.5) ? -0.7 : 0.7, 1))
        index = Self.index(of: garden.blades, frame)
    }

    func light(at p: Vector2) -> Vector3 {
        let candidates = index[Self.square(p, frame)]
        var shade: Float = 0
        let towards = p + lamp * 0.028
        for number in candidates {
            let blade = blades[Int(number)]
            if blade.distance(p) < 0 {
                // Petals hide each other's feet, where little light comes.
                return blade.colour(p, noise: noise) * (1 - 0.52 * shade)
            }
            shade = max(shade, smoothStep(0.030, -0.030, blade.distance(towards)))
        }
        let wash = 0.5 + 0.5 * p.y / frame.top + 0.35 * noise.sum(p * 0.9, octaves: 4)
        let paper = 1 + 0.035 * noise.sum(p * 48, octaves: 2)
        return ground.at(wash) * (paper * (1 - 0.46 * shade))
    }

    private static func square(_ p: Vector2, _ frame: Frame) -> Int {
        let x = Int(saturated(0.5 + 0.5 * p.x / frame.right) * (Float(squares) - 0.01))
        let y = Int(saturated(0.5 + 0.5 * p.y / frame.top) * (Float(squares) - 0.01))
        return y * squares + x
    }

    private static func index(of blades: [Blade], _ frame: Frame) -> [[Int32]] {
        var result = [[Int32]](repeating: [], count: squares * squares)
        let size = Vector2(2 * frame.right, 2 * frame.top) / Float(squares)
        for (number, blade) in blades.enumerated() {
            let radius = blade.radius + reach + length(size) * 0.5
            for square in result.indices {
                let place = Vector2(Float(square % squares) + 0.5, Float(square / squares) + 0.5)
                let middle = place * size - Vector2(frame.right, frame.top)
                if length(middle - blade.centre) < radius { result[square].append(Int32(number)) }
            }
        }
        return result
    }
}
