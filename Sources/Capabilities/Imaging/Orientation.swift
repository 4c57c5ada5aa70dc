/// How a camera was held: the EXIF tag 0x0112 (CIPA DC-008, 4.6.5), which says what to do to show the picture upright.
enum Orientation: Int, CaseIterable, Sendable {
    case upright = 1
    case mirrored
    case upsideDown
    case flipped
    case transposed
    case turnedRight
    case transversed
    case turnedLeft

    /// Whether showing the picture exchanges width and height.
    var exchangesSides: Bool { rawValue >= 5 }
    private var mirrorsAcross: Bool { [.mirrored, .upsideDown, .turnedRight, .transversed].contains(self) }
    private var mirrorsDown: Bool { [.upsideDown, .flipped, .transversed, .turnedLeft].contains(self) }

    /// The size of a picture as shown, from its size as stored.
    func shown(_ stored: PixelSize) -> PixelSize { exchangesSides ? stored.transposed : stored }

    /// Where a window of the picture as shown lies in the stored pixels; `size` is the shown size.
    ///
    /// Cropping the stored pixels and turning only the small result saves turning the whole picture.
    func stored(_ window: CropWindow, in size: PixelSize) -> CropWindow {
        let left = mirrorsAcross ? size.width - window.left - window.size.width : window.left
        let top = mirrorsDown ? size.height - window.top - window.size.height : window.top
        return exchangesSides
            ? CropWindow(left: top, top: left, size: window.size.transposed)
            : CropWindow(left: left, top: top, size: window.size)
    }
}
