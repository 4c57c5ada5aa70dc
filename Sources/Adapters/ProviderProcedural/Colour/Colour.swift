/// Colours as light: linear sRGB, each part 0 to 1 and beyond for what shines.
enum Colour {
    /// `0xRRGGBB` as on a screen.
    static func hex(_ code: UInt32) -> Vector3 {
        Vector3(decoded(code >> 16 & 255), decoded(code >> 8 & 255), decoded(code & 255))
    }

    private static func decoded(_ byte: UInt32) -> Float {
        let c = Float(byte) / 255
        return c <= 0.040_45 ? c / 12.92 : power((c + 0.055) / 1.055, 2.4)
    }

    /// The transfer curve of IEC 61966-2-1: light to what a file holds.
    static func encoded(_ light: Float) -> Float {
        let c = saturated(light)
        return c <= 0.003_130_8 ? 12.92 * c : 1.055 * power(c, 1 / 2.4) - 0.055
    }

    /// Lightness 0 to 1, chroma 0 to about 0.3, hue in turns, brought into the gamut by giving up chroma.
    static func lch(_ lightness: Float, _ chroma: Float, _ hue: Float) -> Vector3 {
        var c = chroma
        for _ in 0..<12 {
            let turn = 2 * halfTurn * hue
            let rgb = fromLab(Vector3(lightness, c * cosine(turn), c * sine(turn)))
            if rgb.min() >= -0.002, rgb.max() <= 1.002 { return rgb.clamped(lowerBound: .zero, upperBound: .one) }
            c *= 0.88
        }
        return fromLab(Vector3(lightness, 0, 0))
    }

    /// Lightness, chroma and hue (in turns) of a colour.
    static func lch(of light: Vector3) -> (lightness: Float, chroma: Float, hue: Float) {
        let lab = toLab(light)
        let chroma = length(Vector2(lab.y, lab.z))
        return (lab.x, chroma, fraction(angle(of: Vector2(lab.y, lab.z)) / (2 * halfTurn)))
    }

    /// - SeeAlso: Ottosson, *A perceptual color space for image processing*, 2020 (Oklab).
    static func toLab(_ c: Vector3) -> Vector3 {
        let l = power(0.412_221_47 * c.x + 0.536_332_54 * c.y + 0.051_445_99 * c.z, 1 / 3.0)
        let m = power(0.211_903_5 * c.x + 0.680_699_5 * c.y + 0.107_396_96 * c.z, 1 / 3.0)
        let s = power(0.088_302_46 * c.x + 0.281_718_84 * c.y + 0.629_978_7 * c.z, 1 / 3.0)
        let lightness = 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_05 * s
        let a = 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s
        let b = 0.025_904_04 * l + 0.782_771_77 * m - 0.808_675_77 * s
        return Vector3(lightness, a, b)
    }

    static func fromLab(_ lab: Vector3) -> Vector3 {
        let l = lab.x + 0.396_337_78 * lab.y + 0.215_803_76 * lab.z
        let m = lab.x - 0.105_561_346 * lab.y - 0.063_854_17 * lab.z
        let s = lab.x - 0.089_484_18 * lab.y - 1.291_485_5 * lab.z
        let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
        return Vector3(
            4.076_741_7 * l3 - 3.307_711_6 * m3 + 0.230_969_94 * s3,
            -1.268_438 * l3 + 2.609_757_4 * m3 - 0.341_319_4 * s3,
            -0.004_196_086_3 * l3 - 0.703_418_6 * m3 + 1.707_614_7 * s3)
    }

    /// Halfway and other ways between two colours, evenly to the eye.
    static func blend(_ a: Vector3, _ b: Vector3, _ t: Float) -> Vector3 {
        let lab = mix(toLab(a), toLab(b), t)
        return fromLab(lab).clamped(lowerBound: .zero, upperBound: Vector3(repeating: 8))
    }
}
