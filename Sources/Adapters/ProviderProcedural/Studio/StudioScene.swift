/// A thing on a stage, lit as a product photographer would: ray-marched signed distances.
struct StudioScene: Scene {
    private let set: StageSet
    private let shading: StudioShading
    private let eye: Vector3
    private let forward: Vector3
    private let right: Vector3
    private let up: Vector3
    private let zoom: Float

    init(_ product: Subject.Product, reading: PromptReading, frame: Frame, chance: inout Chance) {
        set = StageSet(product, reading: reading, frame: frame, chance: &chance)
        let light = StudioLight(
            backdrop: set.backdrop, hasPlants: reading.hasPlants, isDark: set.isDark, chance: &chance)
        shading = StudioShading(set: set, light: light, noise: Noise(&chance))
        let target = Vector3(0, set.middle, 0)
        eye = Vector3(chance.number(-0.9, 0.9), set.middle + chance.number(0.8, 1.7), 7.4)
        forward = normalized(target - eye)
        right = normalized(cross(forward, Vector3(0, 1, 0)))
        up = cross(right, forward)
        zoom = 0.245
    }

    func light(at point: Vector2) -> Vector3 {
        let direction = normalized(forward + right * (point.x * zoom) + up * (point.y * zoom))
        return shading.light(from: eye, along: direction)
    }
}
