extension VipsImage {
    /// The high byte of each channel, in the same colour space.
    ///
    /// A plain cast would clip everything to white instead.
    func inEightBits() throws(VipsFailure) -> VipsImage {
        if isEightBit { return self }
        let meaning: VipsInterpretation = interpretation == .grey16 ? .blackAndWhite : .srgb
        return try applying("cast", ["format": .nick("uchar"), "shift": true])
            .applying("copy", ["interpretation": .nick(meaning.nick)])
    }

    /// The picture in sRGB with eight bits a channel, by its embedded profile if it has a usable one.
    ///
    /// Meant for small results: the conversion costs about ten nanoseconds a pixel.
    func inSRGB() throws(VipsFailure) -> VipsImage {
        if hasSRGBProfile { return self }
        let isCMYK = interpretation == .cmyk
        if has(.profile), let converted = convertedByProfile(embedded: true, isCMYK: isCMYK) { return converted }
        if isCMYK, let converted = convertedByProfile(embedded: false, isCMYK: true) { return converted }
        return try interpretation == .srgb ? self : applying("colourspace", ["space": .nick("srgb")])
    }

    private var hasSRGBProfile: Bool {
        guard interpretation == .srgb, isEightBit, let profile = bytes(of: .profile) else { return false }
        return profile.withUnsafeBytes { ColourProfile($0)?.isSRGB ?? false }
    }

    private func convertedByProfile(embedded: Bool, isCMYK: Bool) -> VipsImage? {
        // A profile that is broken or made for another kind of picture is no reason to refuse the picture: the
        // numbers are then read as the usual space of their kind.
        try? applying(
            "icc_transform",
            [
                "embedded": .bool(embedded), "input_profile": .string(isCMYK ? "cmyk" : "srgb"),
                "output_profile": .string("srgb"), "black_point_compensation": true, "depth": 8,
            ])
    }
}
