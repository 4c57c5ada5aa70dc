// Things that people wear or carry.
extension ProductModel {
    private typealias Slot = StageColours.Slot

    static func watch(_ chance: inout Chance) -> Self {
        let strap = chance.pick([Slot.body, Slot.body, Slot.metal])
        let upright: Float = 0.98
        let lean: Float = 0.225
        let face = Vector3(0, upright + 0.1, 0.60)
        let forward = Vector3(0, sine(0.025 * 2 * halfTurn), cosine(0.025 * 2 * halfTurn))
        let parts = [
            Part(
                .band(radius: 0.62, half: 0.23, thickness: 0.045, rounding: 0.035), at: Vector3(0, upright * 0.68, 0),
                material: strap, turn: Vector3(0, 0, 0.25)),
            Part(
                .cylinder(radius: 0.55, half: 0.11, rounding: 0.045), at: face, material: Slot.metal,
                turn: Vector3(lean, 0, 0)),
            Part(
                .cylinder(radius: 0.46, half: 0.05, rounding: 0.005), at: face + forward * 0.085, material: Slot.dial,
                turn: Vector3(lean, 0, 0)),
            Part(
                .torus(major: 0.49, minor: 0.035), at: face + forward * 0.115, material: Slot.metal,
                turn: Vector3(lean, 0, 0)),
            Part(
                .cylinder(radius: 0.06, half: 0.06, rounding: 0.015), at: face + Vector3(0.6, 0, 0),
                material: Slot.metal, turn: Vector3(0, 0, 0.25)),
        ]
        return ProductModel(parts, height: 1.75, width: 0.85, turn: -0.08...0.08)
    }

    static func ring(_ chance: inout Chance) -> Self {
        let major = chance.number(0.56, 0.64)
        let stone = chance.number(0.36, 0.46)
        let top = 2 * major + 0.06
        let seat = top + stone * 0.42
        var parts = [
            Part(
                .torus(major: major, minor: 0.075), at: Vector3(0, major + 0.07, 0), material: Slot.metal,
                turn: Vector3(0.25, 0, 0)),
            Part(.sphere(0.11), at: Vector3(0, top + 0.03, 0), material: Slot.metal, joint: .blend(0.1)),
        ]
        for turn in 0..<4 {
            let a = (Float(turn) + 0.5) * 0.5 * halfTurn
            let foot = Vector3(cosine(a), 0, sine(a)) * (stone * 0.62)
            parts.append(
                Part(
                    .capsule(half: stone * 0.5, radius: 0.026), at: Vector3(0, seat - 0.02, 0) + foot * 1.18,
                    material: Slot.metal, turn: Vector3(0.05 * sine(a), 0, -0.05 * cosine(a))))
        }
        if chance.happens(0.6) {
            for side in [Float(-1), 1] {
                parts.append(
                    Part(.sphere(0.085), at: Vector3(side * 0.27, top - 0.07, 0.02), material: Slot.gem))
            }
        }
        parts.append(Part(.gem(stone), at: Vector3(0, seat, 0), material: Slot.gem))
        return ProductModel(parts, height: seat + stone * 0.5, width: major + 0.1, turn: -0.1...0.1)
    }

    static func shoe(_ chance: inout Chance) -> Self {
        let thick = chance.number(0.10, 0.14)
        let collar: Float = chance.happens(0.4) ? 1.06 : 0.82
        let top = 2 * thick - 0.03
        var parts = [
            Part(.upper(collar: collar), at: Vector3(0, top, 0), material: Slot.panels),
            Part(
                .ellipsoid(Vector3(0.30, 0.42, 0.175)), at: Vector3(-0.54, top + collar + 0.12, 0), material: Slot.dark,
                joint: .carve(0.06), turn: Vector3(0, 0, 0.02)),
            Part(
                .sole(heel: 0.36, ball: 0.41, length: 1.38, half: thick, rounding: 0.07),
                at: Vector3(0, thick, 0), material: Slot.pale),
            Part(
                .sole(heel: 0.366, ball: 0.416, length: 1.38, half: 0.02, rounding: 0.012),
                at: Vector3(0, thick * 1.1, 0), material: Slot.second),
            Part(
                .ellipsoid(Vector3(0.045, 0.22, 0.15)), at: Vector3(-0.17, top + collar * 0.90, 0),
                material: Slot.second, turn: Vector3(0, 0, 0.075)),
            Part(
                .box(Vector3(0.022, 0.11, 0.06), rounding: 0.02), at: Vector3(-0.91, top + collar * 0.80, 0),
                material: Slot.second, turn: Vector3(0, 0, -0.01)),
        ]
        for lace in 0..<5 {
            let t = Float(lace) / 4
            let place = Vector3(mix(-0.02, 0.37, t), top + mix(collar * 0.38 + 0.41, 0.50, t), 0)
            parts.append(
                Part(
                    .capsule(half: mix(0.12, 0.15, t), radius: 0.026), at: place, material: Slot.pale,
                    turn: Vector3(0.25, lace % 2 == 0 ? 0.025 : -0.025, 0)))
        }
        return ProductModel(parts, height: top + collar + 0.15, width: 1.08, turn: -0.1...0.1)
    }

    static func bag(_ chance: inout Chance) -> Self {
        let half = Vector3(chance.number(0.72, 0.86), chance.number(0.5, 0.6), chance.number(0.22, 0.28))
        let top = 2 * half.y
        let flap = chance.number(0.40, 0.56)
        let flapTone = chance.pick([Slot.body, Slot.second])
        let handle = chance.number(0.34, 0.42)
        let parts = [
            Part(.box(half, rounding: 0.13), at: Vector3(0, half.y, 0), material: Slot.body),
            Part(
                .box(Vector3(half.x + 0.012, half.y * flap, 0.035), rounding: 0.03),
                at: Vector3(0, top - half.y * flap + 0.01, half.z + 0.02), material: flapTone),
            Part(
                .box(Vector3(half.x + 0.012, 0.035, half.z + 0.03), rounding: 0.03), at: Vector3(0, top + 0.0, 0.01),
                material: flapTone),
            Part(
                .torus(major: handle, minor: 0.042), at: Vector3(0, top + 0.02, 0), material: Slot.second,
                turn: Vector3(0.25, 0, 0)),
            Part(
                .box(Vector3(0.11, 0.085, 0.03), rounding: 0.018),
                at: Vector3(0, top - 2 * half.y * flap + 0.05, half.z + 0.06), material: Slot.metal),
            Part(
                .torus(major: 0.062, minor: 0.017), at: Vector3(-handle, top + 0.06, 0), material: Slot.metal,
                turn: Vector3(0.25, 0, 0)),
            Part(
                .torus(major: 0.062, minor: 0.017), at: Vector3(handle, top + 0.06, 0), material: Slot.metal,
                turn: Vector3(0.25, 0, 0)),
        ]
        return ProductModel(parts, height: top + handle + 0.06, width: half.x, turn: -0.08...0.08)
    }

    static func headphones(_ chance: inout Chance) -> Self {
        let cup = chance.number(0.34, 0.42)
        let r = chance.number(0.66, 0.74)
        let low = cup + 0.02
        let shell = chance.pick([Slot.body, Slot.metal])
        var parts = [
            Part(
                .band(radius: r, half: 0.13, thickness: 0.055, rounding: 0.05), at: Vector3(0, low + 0.3, 0),
                material: Slot.body, turn: Vector3(0.25, 0, 0)),
            Part(
                .box(Vector3(1, 0.6, 1), rounding: 0), at: Vector3(0, low - 0.32, 0), material: Slot.body,
                joint: .carve(0.01)),
        ]
        for side in [Float(-1), 1] {
            let x = side * (r + 0.0)
            let sideways = Vector3(0, 0, 0.25 + side * 0.012)
            parts += [
                Part(.capsule(half: 0.22, radius: 0.045), at: Vector3(side * r, low + 0.25, 0), material: Slot.metal),
                Part(
                    .cylinder(radius: cup, half: 0.12, rounding: 0.08), at: Vector3(x + side * 0.04, low, 0),
                    material: shell, turn: sideways),
                Part(
                    .torus(major: cup * 0.76, minor: 0.105), at: Vector3(x - side * 0.13, low, 0), material: Slot.dark,
                    turn: sideways),
                Part(
                    .cylinder(radius: cup * 0.55, half: 0.02, rounding: 0.01), at: Vector3(x + side * 0.165, low, 0),
                    material: Slot.second, turn: sideways),
            ]
        }
        return ProductModel(parts, height: low + 0.3 + r + 0.08, width: r + 0.25, turn: 0.07...0.13)
    }
}
