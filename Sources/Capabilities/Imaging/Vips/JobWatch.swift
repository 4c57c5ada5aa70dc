import CVips

/// Ends the pixel work of one job when its time is up or its task is cancelled.
///
/// libvips reports progress on the thread that waits for the pixels, which is the thread the task runs on: no timer
/// and no second thread is needed, and a stop takes effect within one strip of the picture.
final class JobWatch {
    private let library: VipsLibrary
    private let limit: Duration
    private let deadline: ContinuousClock.Instant

    /// Starts the clock.
    init(limit: Duration, in library: VipsLibrary) {
        self.library = library
        self.limit = limit
        deadline = .now + limit
    }

    /// Why the job must stop now, if it must.
    private var reasonToStop: ImageError? {
        if Task.isCancelled { return .cancelled }
        return ContinuousClock.now >= deadline ? .deadlineExceeded(limit) : nil
    }

    /// Throws when the job must stop: for the steps between pixel work.
    func check() throws(ImageError) {
        if let reasonToStop { throw reasonToStop }
    }

    /// Runs one step.
    ///
    /// A failure of libvips becomes `fault`, unless it was this watch that stopped the work.
    func run<Result>(
        failingAs fault: (VipsFailure) -> ImageError, _ step: () throws(VipsFailure) -> Result
    ) throws(ImageError) -> Result {
        try check()
        do { return try step() } catch {
            try check()
            throw fault(error)
        }
    }

    /// Watches `image` and everything made from it.
    ///
    /// The watch must outlive the pixel work on them.
    func watch(_ image: VipsImage) {
        library.functions.vips_image_set_progress(image.pointer, 1)
        _ = library.functions.g_signal_connect_data(
            UnsafeMutableRawPointer(image.pointer), "eval",
            { image, progress, data in
                guard let data, let image else { return }
                let watch = Unmanaged<JobWatch>.fromOpaque(data).takeUnretainedValue()
                watch.stopIfNeeded(image, computing: progress?.pointee.image)
            }, Unmanaged.passUnretained(self).toOpaque(), nil, 0)
    }

    private func stopIfNeeded(_ image: atelier_vips_image, computing current: UnsafeMutableRawPointer?) {
        guard reasonToStop != nil else { return }
        library.functions.vips_image_set_kill(image, 1)
        if let current { library.functions.vips_image_set_kill(atelier_vips_image(current), 1) }
    }
}
