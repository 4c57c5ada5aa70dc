"""Writes a synthetic photo of 4000x3000 pixels as a phone would: JPEG quality 92, 4:2:0, with an EXIF orientation.

Coloured 1/f noise under a light gradient, hard-edged shapes, one salient subject off centre, and sensor noise: about
2.4 bits a pixel, like a camera's own files. The same seed gives the same pixels.

    make_photo.py OUT.jpg [SEED]
"""

import sys

import numpy
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 4000, 3000


def fractal_noise(exponent: float, random: numpy.random.Generator) -> numpy.ndarray:
    """Noise whose amplitude falls with the frequency to `exponent`; mean 0, deviation 1."""
    down = numpy.fft.fftfreq(HEIGHT)[:, None]
    across = numpy.fft.rfftfreq(WIDTH)[None, :]
    frequency = numpy.sqrt(down * down + across * across)
    frequency[0, 0] = 1
    spectrum = random.standard_normal(frequency.shape) + 1j * random.standard_normal(frequency.shape)
    spectrum /= frequency**exponent
    spectrum[0, 0] = 0
    noise = numpy.fft.irfft2(spectrum, s=(HEIGHT, WIDTH))
    return ((noise - noise.mean()) / noise.std()).astype(numpy.float32)


def background(random: numpy.random.Generator) -> Image.Image:
    luminance = fractal_noise(1.55, random)
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(numpy.float32)
    light = 0.65 + 0.35 * (1 - y / HEIGHT) * (0.6 + 0.4 * x / WIDTH)
    pixels = numpy.empty((HEIGHT, WIDTH, 3), numpy.float32)
    for channel, (strength, offset) in enumerate([(34, 135), (31, 122), (29, 108)]):
        pixels[..., channel] = (offset + strength * luminance + 14 * fractal_noise(1.8, random)) * light
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))


def draw_shapes(picture: Image.Image, random: numpy.random.Generator) -> None:
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = int(random.integers(0, WIDTH)), int(random.integers(0, HEIGHT))
        size = int(random.integers(HEIGHT // 60, HEIGHT // 7))
        colour = tuple(int(value) for value in random.integers(20, 235, 3))
        match random.integers(0, 3):
            case 0:
                draw.ellipse([x, y, x + size, y + size], fill=colour)
            case 1:
                draw.rectangle([x, y, x + size, y + int(size * 0.6)], fill=colour)
            case _:
                draw.polygon([(x, y), (x + size, y + size // 3), (x + size // 2, y + size)], fill=colour)
    centre_x, centre_y, radius = int(WIDTH * 0.72), int(HEIGHT * 0.38), HEIGHT // 9
    draw.ellipse(
        [centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius], fill=(205, 40, 35)
    )


def main() -> None:
    out = sys.argv[1]
    random = numpy.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    picture = background(random)
    draw_shapes(picture, random)
    pixels = numpy.asarray(picture.filter(ImageFilter.GaussianBlur(0.8)), numpy.float32)
    pixels = pixels + 7 * random.standard_normal(pixels.shape).astype(numpy.float32)
    exif = Image.Exif()
    exif[0x0112] = 1  # upright: turning would cost both sides the same
    Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8)).save(out, quality=92, subsampling=2, exif=exif)


if __name__ == "__main__":
    main()
