/// What the generator understands of a prompt: its words, and what they ask for.
struct PromptReading {
    /// Lower-case words without plural endings, in order.
    let words: [String]
    let subject: Subject
    let hour: Hour?
    /// The colours that the words name, in order, in light.
    let colours: [Vector3]
    /// The colour named for the background (`on a blue background`), if any.
    let background: Vector3?
    let material: Material.Kind?
    /// Whether plants are mentioned beside the subject.
    let hasPlants: Bool

    init(_ prompt: String) {
        let words = Self.words(of: prompt)
        self.words = words
        subject = Subject(words)
        hour = words.lazy.compactMap { Vocabulary.hours[$0] }.first
        let named = words.enumerated().compactMap { place, word in
            Vocabulary.colours[word].map { (place: place, colour: Colour.hex($0)) }
        }
        let ground = named.first { Self.isBackground(words, after: $0.place) }
        background = ground?.colour
        colours = named.filter { $0.place != ground?.place }.map(\.colour)
        material = words.lazy.compactMap { Vocabulary.materials[$0] }.first
        hasPlants = words.contains { Vocabulary.botanical.contains($0) }
    }

    private static func isBackground(_ words: [String], after place: Int) -> Bool {
        words.dropFirst(place + 1).prefix(2).contains { ["background", "backdrop", "wall", "studio"].contains($0) }
    }

    /// At most 400 words: nobody steers with more, and the time stays bounded.
    private static func words(of prompt: String) -> [String] {
        prompt.lowercased().split(maxSplits: 400, whereSeparator: { !$0.isLetter && !$0.isNumber }).prefix(400).map {
            singular(String($0))
        }
    }

    private static func singular(_ word: String) -> String {
        if Vocabulary.isKnown(word) || word.utf8.count < 4 { return word }
        for (ending, replacement) in [("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")] where word.hasSuffix(ending) {
            let stem = word.dropLast(ending.count) + replacement
            if Vocabulary.isKnown(String(stem)) { return String(stem) }
        }
        return word
    }
}

/// The time of day and weather of a landscape.
enum Hour: CaseIterable {
    case dawn, day, sunset, night, mist
}

/// What a picture shows.
enum Subject: Equatable {
    case landscape(Landscape)
    case product(Product)
    case botanical
    case abstract(Abstract?)

    enum Landscape: CaseIterable { case mountains, sea, forest, desert, city, meadow }
    enum Product: CaseIterable {
        case bottle, perfume, jar, mug, vase, watch, ring, shoe, bag, headphones, box, candle, ball
    }
    enum Abstract: CaseIterable { case marble, agate, bauhaus, relief, silk }

    /// Products speak loudest, since a campaign is about them; a style word turns a landscape into a pattern of it.
    init(_ words: [String]) {
        let abstract = words.lazy.compactMap { Vocabulary.abstracts[$0] }.first
        if let product = words.lazy.compactMap({ Vocabulary.products[$0] }).first {
            self = .product(product)
        } else if let abstract {
            self = .abstract(abstract)
        } else if let landscape = words.lazy.compactMap({ Vocabulary.landscapes[$0] }).first {
            self = .landscape(landscape)
        } else if words.contains(where: { Vocabulary.botanical.contains($0) }) {
            self = .botanical
        } else if words.contains(where: { Vocabulary.hours[$0] != nil }) {
            self = .landscape(.mountains)
        } else {
            self = .abstract(nil)
        }
    }
}
