/// The words that steer a picture.
enum Vocabulary {
    static func isKnown(_ word: String) -> Bool {
        colours[word] != nil || hours[word] != nil || landscapes[word] != nil || products[word] != nil
            || abstracts[word] != nil || materials[word] != nil || botanical.contains(word)
    }

    static let hours: [String: Hour] = spread([
        (.sunset, "sunset dusk evening twilight golden"),
        (.dawn, "dawn sunrise morning spring"),
        (.night, "night midnight star starry moon moonlight galaxy aurora nocturnal"),
        (.day, "day noon sunny midday summer"),
        (.mist, "mist misty fog foggy storm rain cloudy winter haze overcast"),
    ])

    static let landscapes: [String: Subject.Landscape] = spread([
        (.sea, "sea ocean beach coast island lake water wave bay harbour harbor shore river boat sailing"),
        (.mountains, "mountain alps peak summit valley landscape canyon glacier snow hiking cliff sky volcano"),
        (.forest, "forest wood woodland tree pine jungle"),
        (.desert, "desert dune sand sahara"),
        (.city, "city skyline urban street downtown skyscraper tokyo york metropolis building cyberpunk"),
        (.meadow, "meadow field hill countryside farm vineyard grass tuscany pasture"),
    ])

    static let products: [String: Subject.Product] = spread([
        (.perfume, "perfume fragrance cologne parfum"),
        (.bottle, "bottle wine serum shampoo lotion drink juice beer water-bottle whisky oil soda"),
        (.jar, "jar cosmetic cream skincare moisturizer moisturiser honey jam tin"),
        (.mug, "mug cup coffee tea espresso latte"),
        (.vase, "vase pottery ceramic-vase amphora jug"),
        (.watch, "watch wristwatch clock smartwatch timepiece"),
        (.ring, "ring jewelry jewellery diamond necklace bracelet earring gem gemstone"),
        (.shoe, "shoe sneaker trainer boot footwear loafer running"),
        (.bag, "bag handbag purse tote backpack leather-bag satchel"),
        (.headphones, "headphone headset earphone audio speaker"),
        (.box, "box gift package packaging carton present parcel chocolate"),
        (.candle, "candle soap wax"),
        (.ball, "product studio plinth podium pedestal sphere ball still"),
    ])

    static let abstracts: [String: Subject.Abstract?] = spread([
        (.marble, "marble marbled fluid ink liquid paint acrylic swirl"),
        (.agate, "agate geode mineral stone crystal"),
        (.bauhaus, "bauhaus geometric geometry shape mosaic tile poster modernist grid"),
        (.relief, "topographic topography contour paper papercut map layered terrain relief"),
        (.silk, "silk wave-pattern fabric textile drape gradient flowing ribbon"),
        (nil, "abstract pattern art artwork wallpaper texture background-pattern painting"),
    ])

    static let materials: [String: Material.Kind] = spread([
        (.glass, "glass crystal transparent"),
        (.metal, "gold golden silver metal steel chrome copper bronze platinum brass"),
        (.gloss, "glossy ceramic porcelain lacquer shiny patent"),
        (.matte, "matte clay stone leather wood linen paper velvet"),
    ])

    static let botanical: Set<String> = Set(
        """
        flower floral leaf foliage botanical rose tulip daisy peony lily orchid bouquet garden plant fern petal blossom \
        sunflower lavender herb wildflower monstera eucalyptus poppy bloom jasmine tropical
        """.split(separator: " ").map(String.init))

    /// Names of colours with the screen colours they stand for.
    static let colours: [String: UInt32] = [
        "red": 0xD3_2F2F, "crimson": 0xB0_1E3C, "scarlet": 0xE0_3A24, "burgundy": 0x6E_1A2E, "maroon": 0x6B_1D22,
        "orange": 0xF0_8A2C, "coral": 0xFF_7F66, "peach": 0xFF_C4A0, "terracotta": 0xC8_664A, "rust": 0xA8_4A28,
        "yellow": 0xF6_C72E, "gold": 0xD4_A84B, "golden": 0xD9_AE52, "mustard": 0xC9_9A2E, "lemon": 0xF7_E05A,
        "green": 0x3C_8C50, "olive": 0x76_7A3C, "sage": 0xA3_B395, "mint": 0xA9_DCC3, "emerald": 0x0F_7A55,
        "lime": 0xA6_CC3A, "teal": 0x1E_7F82, "turquoise": 0x3C_BFB4, "cyan": 0x38_BEDC, "aqua": 0x6F_D3D6,
        "blue": 0x2B_66C4, "navy": 0x1B_2A52, "azure": 0x3F_94E0, "cobalt": 0x1F_49A8, "indigo": 0x3A_3486,
        "purple": 0x7A_3FA8, "violet": 0x76_4CC0, "lavender": 0xB9_A7E0, "lilac": 0xC8_AEDD, "plum": 0x6B_2F5C,
        "magenta": 0xC2_2F92, "pink": 0xF2_8CB0, "rose": 0xE0_7A92, "fuchsia": 0xD4_2C88, "blush": 0xF0_C4C0,
        "brown": 0x7A_4E30, "chocolate": 0x58_341F, "tan": 0xC9_A477, "beige": 0xE3_D3B8, "cream": 0xF4_EAD2,
        "ivory": 0xF5_EFE0, "white": 0xF3_F3F0, "black": 0x1A_1A1E, "grey": 0x8C_8F94, "gray": 0x8C_8F94,
        "silver": 0xC0_C4CA, "charcoal": 0x36_383E, "copper": 0xB8_6B42, "bronze": 0x93_6A3A, "amber": 0xE0_962C,
    ]

    private static func spread<Value>(_ table: [(Value, String)]) -> [String: Value] {
        var result: [String: Value] = [:]
        for (value, words) in table {
            for word in words.split(separator: " ") { result[String(word)] = value }
        }
        return result
    }
}
