/// The architecture of a set: what the product stands on and what stands about it.
struct StagePlan {
    let bodies: [Body]
    /// How high the product stands.
    let height: Float
    let place: Vector3

    init(chance: inout Chance) {
        let side: Float = chance.happens(0.5) ? 1 : -1
        let choice = chance.integer(0...4)
        let base = Self.base(choice, side, &chance)
        height = base.height
        place = Vector3(-0.12 * side, 0, 0)
        bodies = [base.body] + Self.decoration(choice, side, &chance)
    }

    private static func base(_ choice: Int, _ side: Float, _ chance: inout Chance) -> (body: Body, height: Float) {
        let material = chance.happens(0.45) ? StageColours.Slot.stone : StageColours.Slot.stage
        let low = chance.number(0.16, 0.3)
        switch choice {
        case 0, 1:
            let radius = chance.number(1.25, 1.5)
            let parts = [
                Part(.cylinder(radius: radius, half: low, rounding: 0.03), at: Vector3(0, low, 0), material: material)
            ]
            return (Body(parts, at: .zero, centre: Vector3(0, low, 0), radius: radius + 0.3), 2 * low)
        case 2:
            let half = Vector3(chance.number(1.1, 1.35), low * 1.2, 1.0)
            let parts = [Part(.box(half, rounding: 0.03), at: Vector3(0, half.y, 0), material: material)]
            return (Body(parts, at: .zero, turn: 0.03 * side, centre: Vector3(0, half.y, 0), radius: 1.75), 2 * half.y)
        default:
            let parts = [
                Part(.cylinder(radius: 1.7, half: 0.09, rounding: 0.025), at: Vector3(0, 0.09, 0), material: material),
                Part(
                    .cylinder(radius: 1.2, half: 0.12, rounding: 0.025), at: Vector3(0, 0.30, 0),
                    material: StageColours.Slot.stage),
            ]
            return (Body(parts, at: .zero, centre: Vector3(0, 0.2, 0), radius: 1.85), 0.42)
        }
    }

    private static func decoration(_ choice: Int, _ side: Float, _ chance: inout Chance) -> [Body] {
        var result: [Body] = []
        switch choice {
        case 0, 3: result.append(arch(at: Vector3(0.55 * side, 0, -1.9), &chance))
        case 1: result.append(disc(at: Vector3(0.5 * side, chance.number(1.5, 1.9), -1.9), &chance))
        default: result.append(column(at: Vector3(1.75 * side, 0, -1.1), chance.number(0.9, 1.5)))
        }
        if chance.happens(0.75) { result.append(ball(Vector3(-1.65 * side, 0, 0.35), chance.number(0.16, 0.34))) }
        if chance.happens(0.4) { result.append(ball(Vector3(1.62 * side, 0, 0.75), chance.number(0.10, 0.18))) }
        return result
    }

    private static func arch(at place: Vector3, _ chance: inout Chance) -> Body {
        let width = chance.number(1.15, 1.4)
        let rise = chance.number(1.2, 1.7)
        let stage = StageColours.Slot.stage
        let parts = [
            Part(
                .cylinder(radius: width, half: 0.16, rounding: 0.02), at: Vector3(0, rise, 0), material: stage,
                turn: Vector3(0.25, 0, 0)),
            Part(
                .box(Vector3(width, rise * 0.5, 0.16), rounding: 0.02), at: Vector3(0, rise * 0.5, 0), material: stage),
            Part(
                .cylinder(radius: width * 0.68, half: 0.4, rounding: 0), at: Vector3(0, rise, 0), material: stage,
                joint: .carve(0.02), turn: Vector3(0.25, 0, 0)),
            Part(
                .box(Vector3(width * 0.68, rise * 0.5, 0.4), rounding: 0), at: Vector3(0, rise * 0.5 - 0.02, 0),
                material: stage, joint: .carve(0.02)),
        ]
        let middle = (rise + width) * 0.5
        return Body(parts, at: place, centre: Vector3(0, middle, 0), radius: length(Vector2(middle, width)) + 0.1)
    }

    private static func disc(at place: Vector3, _ chance: inout Chance) -> Body {
        let radius = chance.number(1.15, 1.5)
        let part = Part(
            .cylinder(radius: radius, half: 0.07, rounding: 0.03), material: StageColours.Slot.accent,
            turn: Vector3(0.25, 0, 0))
        return Body([part], at: place, centre: .zero, radius: radius + 0.1)
    }

    private static func column(at place: Vector3, _ height: Float) -> Body {
        let stage = StageColours.Slot.stage
        let parts = [
            Part(
                .cylinder(radius: 0.5, half: height * 0.5, rounding: 0.02), at: Vector3(0, height * 0.5, 0),
                material: stage),
            Part(.sphere(0.26), at: Vector3(0, height + 0.26, 0), material: StageColours.Slot.accent),
        ]
        return Body(parts, at: place, centre: Vector3(0, height * 0.5 + 0.25, 0), radius: height * 0.5 + 0.55)
    }

    private static func ball(_ place: Vector3, _ radius: Float) -> Body {
        let part = Part(.sphere(radius), at: Vector3(0, radius, 0), material: StageColours.Slot.accent)
        return Body([part], at: place, centre: Vector3(0, radius, 0), radius: radius + 0.02)
    }
}
