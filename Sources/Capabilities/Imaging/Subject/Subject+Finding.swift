extension Subject {
    /// Finds the subject of a small picture: packed eight-bit sRGB pixels, three bytes each, shown upright.
    init(rgb: [UInt8], size: PixelSize) {
        let map = SaliencyMap(rgb: rgb, size: size)
        var across = [Float](repeating: 0, count: size.width)
        var down = [Float](repeating: 0, count: size.height)
        for y in 0..<size.height {
            for x in 0..<size.width {
                across[x] += map.weights[y * size.width + x]
                down[y] += map.weights[y * size.width + x]
            }
        }
        let main = SalientRegion.strongest(in: map)
        self.across = AxisProfile(weights: across, subject: main?.columns ?? 0..<0)
        self.down = AxisProfile(weights: down, subject: main?.rows ?? 0..<0, isUpright: true)
    }
}
