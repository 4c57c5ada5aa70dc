/// A product as parts, standing on y = 0 and facing z, at most about two units high.
struct ProductModel {
    let parts: [Part]
    let height: Float
    /// The bounding sphere.
    let centre: Vector3
    let radius: Float
    /// How it may be turned towards the camera, in turns.
    let turn: ClosedRange<Float>

    init(_ parts: [Part], height: Float, width: Float, turn: ClosedRange<Float> = -0.06...0.06) {
        self.parts = parts
        self.height = height
        self.turn = turn
        centre = Vector3(0, height * 0.5, 0)
        radius = length(Vector2(height * 0.5, width)) + 0.06
    }

    init(_ product: Subject.Product, chance: inout Chance) {
        switch product {
        case .bottle: self = .bottle(&chance)
        case .perfume: self = .perfume(&chance)
        case .jar: self = .jar(&chance)
        case .mug: self = .mug(&chance)
        case .vase: self = .vase(&chance)
        case .candle: self = .candle(&chance)
        case .box: self = .gift(&chance)
        case .ball: self = .stillLife(&chance)
        case .watch: self = .watch(&chance)
        case .ring: self = .ring(&chance)
        case .shoe: self = .shoe(&chance)
        case .bag: self = .bag(&chance)
        case .headphones: self = .headphones(&chance)
        }
    }
}

extension ProductModel {
    private typealias Slot = StageColours.Slot

    static func bottle(_ chance: inout Chance) -> Self {
        let r = chance.number(0.40, 0.52)
        let half = chance.number(0.72, 0.86)
        let neck = r * chance.number(0.30, 0.42)
        let shoulder = chance.number(0.55, 0.98)
        let profile: Profile = [r * 0.93, r, r, r, r, r * shoulder, mix(neck, r, 0.18), neck, neck]
        let cap = Part(
            .cylinder(radius: neck * 1.22, half: 0.14, rounding: 0.03), at: Vector3(0, 2 * half + 0.1, 0),
            material: chance.pick([Slot.metal, Slot.dark, Slot.second]))
        let parts = [
            Part(.lathe(profile, half: half), at: Vector3(0, half, 0), material: Slot.body),
            Part(
                .band(radius: r - 0.003, half: half * 0.42, thickness: 0.012, rounding: 0.004),
                at: Vector3(0, half * 0.72, 0), material: Slot.pale),
            Part(
                .band(radius: r, half: 0.012, thickness: 0.014, rounding: 0.002), at: Vector3(0, half * 0.92, 0),
                material: Slot.metal),
            cap,
        ]
        return ProductModel(parts, height: 2 * half + 0.26, width: r)
    }

    static func perfume(_ chance: inout Chance) -> Self {
        let isRound = chance.happens(0.35)
        let half = Vector3(chance.number(0.50, 0.66), chance.number(0.50, 0.68), chance.number(0.22, 0.3))
        let glass: Part =
            isRound
            ? Part(
                .cylinder(radius: half.x, half: half.z, rounding: 0.1), at: Vector3(0, half.x, 0),
                material: Slot.liquid, turn: Vector3(0.25, 0, 0))
            : Part(.box(half, rounding: 0.07), at: Vector3(0, half.y, 0), material: Slot.liquid)
        let top = isRound ? 2 * half.x : 2 * half.y
        let capKind = chance.integer(0...2)
        let capSize = chance.number(0.17, 0.22)
        let cap: Solid =
            switch capKind {
            case 0: .sphere(capSize * 1.15)
            case 1: .box(Vector3(capSize, capSize, capSize), rounding: 0.03)
            default: .cylinder(radius: capSize, half: capSize * 1.1, rounding: 0.025)
            }
        let parts = [
            glass,
            Part(
                .cylinder(radius: 0.13, half: 0.07, rounding: 0.015), at: Vector3(0, top + 0.05, 0),
                material: Slot.metal),
            Part(
                cap, at: Vector3(0, top + 0.1 + capSize, 0), material: chance.pick([Slot.metal, Slot.dark, Slot.pale])),
            Part(
                .box(Vector3(half.x * 0.42, 0.13, 0.008), rounding: 0.004),
                at: Vector3(0, top * 0.46, half.z + 0.006), material: Slot.metal),
        ]
        return ProductModel(parts, height: top + 0.2 + 2 * capSize, width: half.x, turn: -0.09...0.09)
    }

    static func jar(_ chance: inout Chance) -> Self {
        let r = chance.number(0.66, 0.8)
        let half = chance.number(0.26, 0.38)
        let lid = chance.number(0.13, 0.2)
        let small = chance.number(0.3, 0.36)
        let parts = [
            Part(.cylinder(radius: r, half: half, rounding: 0.11), at: Vector3(0, half, 0), material: Slot.body),
            Part(
                .cylinder(radius: r * 0.97, half: lid, rounding: 0.035), at: Vector3(0, 2 * half + lid + 0.015, 0),
                material: chance.pick([Slot.metal, Slot.pale, Slot.second])),
            Part(
                .band(radius: r * 0.94, half: 0.02, thickness: 0.02, rounding: 0.01), at: Vector3(0, 2 * half, 0),
                material: Slot.metal),
            Part(
                .cylinder(radius: small, half: small * 0.62, rounding: 0.05),
                at: Vector3(r + small + 0.02, small * 0.62, 0.3), material: Slot.liquid),
            Part(
                .cylinder(radius: small * 0.97, half: 0.09, rounding: 0.02),
                at: Vector3(r + small + 0.02, small * 1.24 + 0.1, 0.3), material: Slot.metal),
        ]
        return ProductModel(parts, height: 2 * half + 2 * lid + 0.4, width: r + 0.75, turn: -0.04...0.1)
    }

    static func mug(_ chance: inout Chance) -> Self {
        let r = chance.number(0.54, 0.64)
        let half = chance.number(0.52, 0.66)
        let body = Slot.body
        let parts = [
            Part(
                .torus(major: half * 0.56, minor: 0.085), at: Vector3(r + 0.02, half * 1.02, 0), material: body,
                turn: Vector3(0.25, 0, 0)),
            Part(
                .cylinder(radius: r, half: half, rounding: 0.07), at: Vector3(0, half, 0), material: body,
                joint: .blend(0.09)),
            Part(
                .cylinder(radius: r - 0.065, half: half, rounding: 0.05), at: Vector3(0, half + 0.12, 0),
                material: Slot.pale, joint: .carve(0.03)),
            Part(
                .cylinder(radius: r - 0.05, half: 0.03, rounding: 0.005), at: Vector3(0, half * 1.72, 0),
                material: Slot.dark),
        ]
        return ProductModel(parts, height: 2 * half + 0.1, width: r + 0.55, turn: -0.1...0.06)
    }

    static func vase(_ chance: inout Chance) -> Self {
        let half: Float = chance.number(0.78, 0.95)
        let wide = chance.number(0.52, 0.66)
        let shapes: [Profile] = [
            [0.55, 0.85, 1.0, 0.95, 0.7, 0.42, 0.34, 0.4, 0.5], [0.45, 0.62, 0.82, 0.97, 1.0, 0.85, 0.52, 0.36, 0.4],
            [0.7, 0.98, 1.0, 0.8, 0.5, 0.3, 0.25, 0.25, 0.32], [0.5, 0.5, 0.6, 0.8, 1.0, 0.98, 0.8, 0.62, 0.66],
        ]
        let profile = chance.pick(shapes) * wide
        let mouth = profile.last - 0.05
        let parts = [
            Part(.lathe(profile, half: half), at: Vector3(0, half, 0), material: Slot.body),
            Part(
                .cylinder(radius: mouth, half: 0.08, rounding: 0.03), at: Vector3(0, 2 * half, 0), material: Slot.dark,
                joint: .carve(0.02)),
        ]
        return ProductModel(parts, height: 2 * half, width: wide)
    }

    static func candle(_ chance: inout Chance) -> Self {
        let r = chance.number(0.5, 0.62)
        let half = chance.number(0.42, 0.55)
        let parts = [
            Part(.cylinder(radius: r, half: half, rounding: 0.05), at: Vector3(0, half, 0), material: Slot.body),
            Part(
                .cylinder(radius: r - 0.05, half: 0.2, rounding: 0.02), at: Vector3(0, 2 * half, 0),
                material: Slot.pale,
                joint: .carve(0.015)),
            Part(
                .cylinder(radius: r - 0.052, half: 0.04, rounding: 0.005), at: Vector3(0, 2 * half - 0.17, 0),
                material: Slot.pale),
            Part(.capsule(half: 0.07, radius: 0.014), at: Vector3(0, 2 * half - 0.08, 0), material: Slot.dark),
            Part(.ellipsoid(Vector3(0.055, 0.15, 0.055)), at: Vector3(0, 2 * half + 0.12, 0), material: Slot.glow),
            Part(
                .band(radius: r - 0.004, half: half * 0.45, thickness: 0.012, rounding: 0.004), at: Vector3(0, half, 0),
                material: Slot.pale),
        ]
        return ProductModel(parts, height: 2 * half + 0.4, width: r)
    }

    static func gift(_ chance: inout Chance) -> Self {
        let half = Vector3(chance.number(0.56, 0.7), chance.number(0.42, 0.62), chance.number(0.5, 0.64))
        let band: Float = 0.1
        let top = 2 * half.y
        let lid = Vector3(half.x + 0.03, 0.1, half.z + 0.03)
        let ribbon = Slot.second
        let parts = [
            Part(.box(half, rounding: 0.015), at: Vector3(0, half.y, 0), material: Slot.body),
            Part(.box(lid, rounding: 0.015), at: Vector3(0, top - 0.04, 0), material: Slot.body),
            Part(
                .box(Vector3(band, half.y + 0.035, half.z + 0.042), rounding: 0.01), at: Vector3(0, half.y + 0.03, 0),
                material: ribbon),
            Part(
                .box(Vector3(half.x + 0.042, half.y + 0.035, band), rounding: 0.01), at: Vector3(0, half.y + 0.03, 0),
                material: ribbon),
            Part(
                .band(radius: 0.17, half: 0.075, thickness: 0.02, rounding: 0.01), at: Vector3(-0.19, top + 0.2, 0),
                material: ribbon, turn: Vector3(0.25, 0, 0.07)),
            Part(
                .band(radius: 0.17, half: 0.075, thickness: 0.02, rounding: 0.01), at: Vector3(0.19, top + 0.2, 0),
                material: ribbon, turn: Vector3(0.25, 0, -0.07)),
            Part(.ellipsoid(Vector3(0.08, 0.07, 0.09)), at: Vector3(0, top + 0.13, 0), material: ribbon),
        ]
        return ProductModel(parts, height: top + 0.4, width: 0.98, turn: 0.06...0.14)
    }

    static func stillLife(_ chance: inout Chance) -> Self {
        let big = chance.number(0.42, 0.54)
        let side: Float = chance.happens(0.5) ? 1 : -1
        let parts = [
            Part(.sphere(big), at: Vector3(-0.3 * side, big, 0), material: Slot.body),
            Part(
                .torus(major: 0.34, minor: 0.12), at: Vector3(0.52 * side, 0.46, 0.25), material: Slot.second,
                turn: Vector3(0.25, 0, 0)),
            Part(
                .cylinder(radius: 0.24, half: chance.number(0.6, 0.85), rounding: 0.02),
                at: Vector3(0.35 * side, 0.8, -0.4), material: Slot.accent),
            Part(.sphere(0.17), at: Vector3(0.05 * side, 0.17, 0.62), material: Slot.metal),
        ]
        return ProductModel(parts, height: 1.65, width: 1.0)
    }
}
