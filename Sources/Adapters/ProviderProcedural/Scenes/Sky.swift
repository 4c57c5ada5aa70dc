/// A sky with sun or moon, clouds, and stars at night.
struct Sky: Sendable {
    let colours: SkyColours
    let hour: Hour
    let horizon: Float
    let sunPlace: Vector2
    private let top: Float
    private let sunRadius: Float
    private let cover: Float
    private let stretch: Float
    private let drift: Vector2
    private let clouds: Noise
    private let stars: Noise
    private let hasAurora: Bool

    init(_ hour: Hour, colours: SkyColours, frame: Frame, horizon: Float, hasAurora: Bool, chance: inout Chance) {
        self.hour = hour
        self.colours = colours
        self.horizon = horizon
        self.hasAurora = hasAurora
        top = frame.top
        let side: Float = chance.happens(0.5) ? 1 : -1
        let height = hour == .night ? chance.number(0.55, 0.8) : hour == .day ? 1.3 : chance.number(0.1, 0.42)
        sunPlace = Vector2(
            side * chance.number(0.12, 0.55) * frame.right, horizon + height * (frame.top - horizon))
        sunRadius = hour == .night ? chance.number(0.07, 0.1) : chance.number(0.085, 0.15)
        cover = chance.number(-0.02, 0.16) - (hour == .mist ? 0.15 : 0) + (hour == .night ? 0.2 : 0)
        stretch = chance.number(0.8, 1.7)
        drift = Vector2(chance.number(-40, 40), chance.number(-40, 40))
        clouds = Noise(&chance)
        stars = Noise(&chance)
    }

    func light(at p: Vector2) -> Vector3 {
        let height = max(p.y - horizon, 0) / (top - horizon)
        var light = colours.sky.at(height)
        let offset = p - sunPlace
        let distance = length(offset)
        if hour == .night { light += starlight(p) * smoothStep(0.02, 0.5, height) }
        if hasAurora { light += aurora(p, height) }
        light += glow(distance)
        light += disc(distance, offset)
        return clouded(light, p, height, distance)
    }

    private func glow(_ d: Float) -> Vector3 {
        switch hour {
        case .night: colours.sun * (0.10 * exponential(-d * 3) + 0.35 * exponential(-d * 14))
        case .mist: colours.sun * (0.10 * exponential(-d * 1.6))
        case .day: colours.sun * (0.18 * exponential(-d * 1.6))
        default: colours.sun * (0.26 * exponential(-d * 2.2) + 0.5 * exponential(-d * 8))
        }
    }

    private func disc(_ d: Float, _ offset: Vector2) -> Vector3 {
        guard d < sunRadius * 1.1 else { return .zero }
        let inside = smoothStep(sunRadius, sunRadius * 0.97, d)
        guard hour == .night else { return colours.sun * inside * (hour == .mist ? 0.25 : 1.3) }
        let seas = 0.82 + 0.35 * stars.sum(offset / sunRadius * 1.4 + Vector2(3, 7), octaves: 4)
        let limb = (1 - 0.35 * (d / sunRadius) * (d / sunRadius))
        return colours.sun * inside * seas * limb
    }

    private func starlight(_ p: Vector2) -> Vector3 {
        var light = Vector3.zero
        for (scale, strength) in [(Float(26), Float(0.9)), (61, 0.35)] {
            let q = p * scale
            let (fx, ix) = floored(q.x)
            let (fy, iy) = floored(q.y)
            let bits = stars.cell(ix, iy)
            let bright = Float(bits & 255) / 255
            guard bright > 0.55 else { continue }
            let centre = Vector2(Float(bits >> 8 & 255) / 255, Float(bits >> 16 & 255) / 255) * 0.7 + 0.15
            let d = length(q - Vector2(fx, fy) - centre) * 26 / scale
            let power = (bright - 0.55) / 0.45
            let tone = mix(Vector3(0.75, 0.85, 1), Vector3(1, 0.9, 0.75), Float(bits >> 24) / 255)
            light += tone * (strength * power * power * exponential(-d * d * 900 / (0.5 + 2 * power)))
        }
        let band = p.y * 0.6 - p.x * 0.8 + 0.2
        let cloud = 0.5 + clouds.sum(p * 2.2 + drift, octaves: 5)
        return light + Vector3(0.30, 0.34, 0.5) * (0.22 * exponential(-band * band * 7) * max(cloud, 0))
    }

    private func aurora(_ p: Vector2, _ height: Float) -> Vector3 {
        var light = Vector3.zero
        for index in 0..<3 {
            let shift = Float(index) * 7.3
            let wave = clouds.sum(Vector2(p.x * 0.7 + shift, shift) + drift, octaves: 3)
            let foot = 0.24 + 0.13 * Float(index) + 0.32 * wave
            let above = height - foot
            guard above > -0.03 else { continue }
            let rays = 0.55 + 0.6 * clouds.value(Vector2(p.x * 16 + wave * 12 + shift, height * 0.7))
            let curtain = smoothStep(-0.03, 0.02, above) * exponential(-max(above, 0) * 5.5)
            let tone = mix(Vector3(0.12, 0.95, 0.5), Vector3(0.5, 0.2, 0.85), smoothStep(0.02, 0.38, above))
            light += tone * (curtain * max(rays, 0) * 0.5)
        }
        return light
    }

    private func clouded(_ sky: Vector3, _ p: Vector2, _ height: Float, _ sunDistance: Float) -> Vector3 {
        // Clouds lie on a level plane overhead, so they grow flat and fine towards the horizon.
        let depth = 1 / (height + 0.16)
        let q = Vector2(p.x * depth * 0.55, depth * stretch) + drift
        let warped = clouds.warped(q, by: 0.7, octaves: 3)
        let density = clouds.sum(warped, octaves: 6)
        let amount = smoothStep(cover, cover + 0.42, density)
        guard amount > 0.002 else { return sky }
        let towardsSun = normalized(sunPlace - p)
        let shadow = clouds.sum(warped + Vector2(towardsSun.x, -towardsSun.y) * 0.22, octaves: 4)
        let lit = saturated(0.52 + (density - shadow) * 1.5) * (1 - 0.35 * amount)
        let glow = 0.25 * exponential(-sunDistance * 1.8)
        var colour = mix(colours.cloudShade, colours.cloudLight, lit) + colours.sun * glow
        if hour == .night { colour *= 0.32 }
        let far = smoothStep(0, 0.16, height)
        return mix(sky, colour, amount * far * (hour == .night ? 0.55 : 0.85))
    }
}
