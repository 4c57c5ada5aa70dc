import Concurrency
import Glibc
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
        let cpu = Self.cpuSeconds()
        let start = ContinuousClock.now
        for _ in 0..<count { _ = try await engine.render(variations, from: photo) }
        return ImageBenchResult(
            photos: count, cpuSecondsPerPhoto: (Self.cpuSeconds() - cpu) / Double(count),
            wallSecondsPerPhoto: (ContinuousClock.now - start).seconds / Double(count),
            peakResidentBytes: Self.usage().ru_maxrss * 1024)
    }

    private static func usage() -> rusage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage
    }

    private static func cpuSeconds() -> Double {
        let usage = usage()
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }
}
