/// A prompt turned into a picture: which scene, in which colours, finished how.
struct Painting {
    private let scene: any Scene
    private let frame: Frame
    private let finish: Finish

    /// Reads `prompt` and decides everything about the picture; `seed` and the prompt's words are its only chance.
    init(prompt: String, seed: UInt64, width: Int, height: Int) {
        let reading = PromptReading(prompt)
        let start = Chance.mixed(seed) ^ Chance.hash(reading.words.joined(separator: " "))
        frame = Frame(width: width, height: height)
        var look = Chance(seed: start, purpose: "finish")
        finish = Finish(frame: frame, chance: &look)
        var chance = Chance(seed: start, purpose: "scene")
        scene = Self.scene(for: reading, frame, &chance)
    }

    /// Draws it; nil when `isCancelled` says so before the last row.
    func draw(isCancelled: () -> Bool) -> PixelCanvas? {
        Rasteriser(scene: scene, frame: frame, finish: finish).draw(isCancelled: isCancelled)
    }

    private static func scene(for reading: PromptReading, _ frame: Frame, _ chance: inout Chance) -> any Scene {
        switch reading.subject {
        case .product(let product):
            return StudioScene(product, reading: reading, frame: frame, chance: &chance)
        case .landscape(.city): return CityScene(reading: reading, frame: frame, chance: &chance)
        case .landscape(let kind): return LandscapeScene(kind, reading: reading, frame: frame, chance: &chance)
        case .botanical:
            let palette = Palette(reading.colours, chance: &chance)
            return BotanicalScene(reading: reading, frame: frame, palette: palette, chance: &chance)
        case .abstract(let kind): return abstract(kind, reading, frame, &chance)
        }
    }

    private static func abstract(
        _ kind: Subject.Abstract?, _ reading: PromptReading, _ frame: Frame, _ chance: inout Chance
    ) -> any Scene {
        let palette = Palette(reading.colours, chance: &chance)
        switch kind ?? chance.pick(Subject.Abstract.allCases) {
        case .marble: return MarbleScene(palette: palette, chance: &chance)
        case .agate: return AgateScene(palette: palette, frame: frame, chance: &chance)
        case .bauhaus: return BauhausScene(palette: palette, frame: frame, chance: &chance)
        case .relief: return ReliefScene(palette: palette, chance: &chance)
        case .silk: return SilkScene(palette: palette, chance: &chance)
        }
    }
}
