"""What a plain Pillow script does for a campaign: three ratios of one photo as JPEG 95, one after the other.

    pillow_variations.py PHOTO COUNT

Prints one line of JSON: CPU seconds a photo (user and system of this process) and the peak resident memory.
"""

import io
import json
import resource
import sys
import time

from PIL import Image, ImageOps

SIZES = [(1080, 1080), (1080, 1920), (1920, 1080)]


def variation(path: str, width: int, height: int) -> int:
    """Opens, turns upright, crops to the ratio around the centre, resizes, encodes; returns the file's bytes."""
    picture = ImageOps.exif_transpose(Image.open(path))
    scale = max(width / picture.width, height / picture.height)
    across, down = round(width / scale), round(height / scale)
    left, top = (picture.width - across) // 2, (picture.height - down) // 2
    cropped = picture.crop((left, top, left + across, top + down))
    out = io.BytesIO()
    cropped.resize((width, height), Image.Resampling.LANCZOS).save(out, "JPEG", quality=95, subsampling=0)
    return out.tell()


def main() -> None:
    path, count = sys.argv[1], int(sys.argv[2])
    for size in SIZES:  # warm the file cache and the imports
        variation(path, *size)
    start = time.process_time()
    byte_count = sum(variation(path, *size) for _ in range(count) for size in SIZES)
    seconds = (time.process_time() - start) / count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds_per_photo": seconds, "peak_rss_bytes": peak, "bytes_per_photo": byte_count // count}))


if __name__ == "__main__":
    main()
