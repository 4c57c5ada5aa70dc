/// Why a picture could not be read or made.
public enum ImageError: Error, Equatable, Sendable {
    /// libvips is missing or unusable; the reason is for the operator and holds paths.
    case libraryUnavailable(reason: String)
    /// The file is gone, not a plain file, or cannot be read.
    case unreadableFile
    case empty
    case tooManyBytes(byteCount: Int, limit: Int)
    /// The content is of no accepted format; `found` names it where it is known.
    case unsupportedFormat(found: String?)
    case animated(ImageFormat, frameCount: Int)
    case tooManyPixels(PixelSize, pixelLimit: Int, sideLimit: Int)
    /// A progressive JPEG with more passes than any honest one.
    case tooManyScans(limit: Int)
    /// The content is cut off or breaks the rules of its format.
    case damaged(ImageFormat?)
    case deadlineExceeded(Duration)
    /// The task that waited for the picture was cancelled.
    case cancelled
    /// The caller asked for something that cannot be made: a fault of the program or of its request.
    case invalidRequest(String)
    /// A step failed that should not; memory may have run out. `operation` is for the log.
    case processingFailed(operation: String)

    /// Whether the same call may succeed later without a change by whoever sent the picture.
    public var isRetryable: Bool {
        switch self {
        case .libraryUnavailable, .unreadableFile, .deadlineExceeded, .cancelled, .processingFailed: true
        case .empty, .tooManyBytes, .unsupportedFormat, .animated, .tooManyPixels, .tooManyScans, .damaged,
            .invalidRequest:
            false
        }
    }

    /// A stable word for the kind, for logs, metrics and retry policies.
    public var kind: String {
        switch self {
        case .libraryUnavailable: "image_library_unavailable"
        case .unreadableFile: "image_unreadable"
        case .empty: "image_empty"
        case .tooManyBytes: "image_too_many_bytes"
        case .unsupportedFormat: "image_unsupported_format"
        case .animated: "image_animated"
        case .tooManyPixels: "image_too_many_pixels"
        case .tooManyScans: "image_too_many_scans"
        case .damaged: "image_damaged"
        case .deadlineExceeded: "image_deadline_exceeded"
        case .cancelled: "image_cancelled"
        case .invalidRequest: "image_invalid_request"
        case .processingFailed: "image_processing_failed"
        }
    }
}

extension ImageError: CustomStringConvertible {
    /// What to tell a client: what was wrong and what would be accepted.
    ///
    /// No path and no text of the library.
    public var description: String {
        switch self {
        case .libraryUnavailable: "pictures cannot be processed here at the moment"
        case .unreadableFile: "the image file cannot be read"
        case .empty: "the image file is empty"
        case .tooManyBytes(let count, let limit):
            "the image file has \(Self.megabytes(count)) MB; at most \(Self.megabytes(limit)) MB are accepted"
        case .unsupportedFormat(let found):
            "the file is \(found ?? "not an image of a known format"); accepted are \(ImageFormat.listed)"
        case .animated(let format, let frames):
            "the \(format.name) file is animated (\(frames) frames); send a still picture"
        case .tooManyPixels(let size, let pixelLimit, let sideLimit):
            "the picture has \(size) pixels; accepted are up to \(pixelLimit / 1_000_000) megapixels "
                + "and \(sideLimit) pixels a side"
        case .tooManyScans(let limit):
            "the progressive JPEG has more than \(limit) scans; save it as a normal JPEG"
        case .damaged(let format):
            "the \(format.map { "\($0.name) file" } ?? "image file") is damaged or cut off; export it again"
        case .deadlineExceeded(let limit):
            "the picture took longer than \(limit.components.seconds) seconds to process; send a smaller one"
        case .cancelled: "the work on the picture was cancelled"
        case .invalidRequest(let fault): fault
        case .processingFailed: "the picture could not be processed; try again"
        }
    }

    /// The log's line: with the cause that clients are not shown.
    public var diagnosis: String {
        switch self {
        case .libraryUnavailable(let reason):
            "libvips cannot be used (\(reason)); install Debian's libvips42 or name a file"
        case .processingFailed(let operation): "libvips failed in \(operation)"
        default: description
        }
    }

    private static func megabytes(_ count: Int) -> String {
        let tenths = (count * 10 + (1 << 20) - 1) >> 20
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
