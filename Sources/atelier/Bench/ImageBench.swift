import Concurrency
import Imaging

/// Renders one photo again and again, one at a time, and reads the processor time from the operating system.
struct ImageBench {
    let engine: ImageEngine
    let photo: ImageFile
    let count: Int

    func run() async throws -> ImageBenchResult {
        let variations = [AspectRatio.square, .portrait, .landscape].map { Variation(ratio: $0) }
        // The first one pages the library in; it is not what a server pays.
        _ = try await engine.render(variations, from: photo)
        let cpu = ProcessUsage.now.cpuSeconds
        let start = ContinuousClock.now
        for _ in 0..<count { _ = try await engine.render(variations, from: photo) }
        let usage = ProcessUsage.now
        return ImageBenchResult(
            photos: count, cpuSecondsPerPhoto: (usage.cpuSeconds - cpu) / Double(count),
            wallSecondsPerPhoto: (ContinuousClock.now - start).seconds / Double(count),
            peakResidentBytes: usage.peakResidentBytes)
    }
}
