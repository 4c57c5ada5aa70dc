import Testing

@testable import ProviderProcedural

@Suite struct `Procedural paintings` {
    private func paint(_ prompt: String, seed: UInt64 = 1, width: Int = 48, height: Int = 48) -> PixelCanvas? {
        Painting(prompt: prompt, seed: seed, width: width, height: height).draw { false }
    }

    /// FNV-1a of the pixels.
    private func hash(_ canvas: PixelCanvas?) -> UInt64 {
        (canvas?.pixels ?? []).reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The average of each channel, 0 to 255.
    private func average(_ canvas: PixelCanvas?) -> (red: Int, green: Int, blue: Int) {
        guard let canvas else { return (0, 0, 0) }
        let count = canvas.width * canvas.height
        let sums = (0..<3).map { channel in
            stride(from: channel, to: canvas.pixels.count, by: 3).reduce(0) { $0 + Int(canvas.pixels[$1]) } / count
        }
        return (sums[0], sums[1], sums[2])
    }

    /// How far two pictures are apart, in levels a channel.
    private func distance(_ a: PixelCanvas?, _ b: PixelCanvas?) -> Int {
        guard let a, let b, a.pixels.count == b.pixels.count else { return .max }
        return zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } / a.pixels.count
    }

    // A change of these numbers is a change of everybody's pictures: raise ProceduralProvider.model with it.
    @Test(arguments: [
        ("sunset over the sea", UInt64(0x8298_F42A_3C2D_1AB5)), ("red sneaker", 0xF529_CCC7_14B4_3957),
        ("marble", 0x25B3_EB22_D18C_C6FE), ("bouquet of pink flowers", 0x97EB_3462_5A00_58D4),
        ("city at night", 0xB2F0_F24F_430F_8214),
    ]) func `prompt, seed and size fix every pixel`(prompt: String, expected: UInt64) {
        #expect(hash(paint(prompt)) == expected)
    }

    @Test(arguments: ["sea at dawn", "perfume bottle", "abstract art", "roses", "city", "desert"])
    func `another seed gives another picture`(prompt: String) {
        #expect(distance(paint(prompt, seed: 1), paint(prompt, seed: 2)) >= 6)
    }

    @Test func `letter case and punctuation do not matter`() {
        #expect(hash(paint("Blue Silk!", width: 24, height: 24)) == hash(paint("blue, silk", width: 24, height: 24)))
    }

    @Test func `colour words choose the colours`() {
        let red = average(paint("red silk"))
        let blue = average(paint("blue silk"))

        #expect(red.red > red.blue + 25)
        #expect(blue.blue > blue.red + 25)
    }

    @Test func `night is darker than day`() {
        let night = average(paint("mountains at night"))
        let day = average(paint("mountains at noon"))

        #expect(night.green + 50 < day.green)
    }

    @Test func `a background colour colours the background and not the product`() {
        let reading = PromptReading("white mug on a blue background")

        #expect(reading.subject == .product(.mug))
        #expect(reading.colours == [Colour.hex(0xF3_F3F0)])
        #expect(reading.background == Colour.hex(0x2B_66C4))
    }

    @Test(arguments: [
        ("a pair of running shoes", Subject.product(.shoe)), ("sunset over the sea", .landscape(.sea)),
        ("golden watches", .product(.watch)), ("three berries and leaves", .botanical),
        ("abstract mountains", .abstract(nil)), ("sunset", .landscape(.mountains)), ("topography", .abstract(.relief)),
        ("🦊🦊🦊", .abstract(nil)), ("city skylines", .landscape(.city)), ("zxqv", .abstract(nil)),
    ]) func `words choose the scene`(prompt: String, subject: Subject) {
        #expect(PromptReading(prompt).subject == subject)
    }

    @Test(arguments: [
        "🦊✨ 夕焼け", "é\u{301}\u{0}\u{202E}", String(repeating: "sunset ", count: 2_000), "\u{FEFF}", "a",
        String(repeating: "x", count: 16_000),
    ]) func `any text gives a picture`(prompt: String) {
        #expect(paint(prompt, width: 32, height: 32)?.pixels.count == 32 * 32 * 3)
    }

    @Test(arguments: [(33, 47), (64, 36), (36, 64), (120, 32), (32, 120)])
    func `any shape is filled`(width: Int, height: Int) {
        for prompt in ["sea", "watch", "bauhaus", "flowers", "city"] {
            let canvas = paint(prompt, width: width, height: height)

            #expect(canvas?.pixels.count == width * height * 3)
            #expect(Set(canvas?.pixels ?? []).count > 20)
        }
    }

    @Test(arguments: Subject.Product.allCases) func `every product stands out from its stage`(product: Subject.Product)
    {
        var chance = Chance(3)
        let frame = Frame(width: 24, height: 24)
        let scene = StudioScene(product, reading: PromptReading("a"), frame: frame, chance: &chance)

        let middle = scene.light(at: Vector2(-0.05, -0.1))
        let corner = scene.light(at: Vector2(0.97, 0.97))

        #expect(middle.x.isFinite && middle.y.isFinite && middle.z.isFinite)
        #expect(length(middle - corner) > 0.01)
    }

    @Test func `drawing asks for cancellation row by row`() {
        var rows = 0
        let canvas = Painting(prompt: "bauhaus", seed: 1, width: 40, height: 40).draw {
            rows += 1
            return rows > 10
        }

        #expect(canvas == nil)
        #expect(rows == 11)
    }
}
