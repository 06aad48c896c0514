"""Pictures people hand in, drawn anew: only what is seen is kept, not where it was taken or what else was put inside."""

import threading
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
"""A camera takes 12 to 50 million. Each takes 4 bytes while it is drawn, and several copies may be needed."""
DRAWN_AS = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}
"""The formats that are read, and what each is kept as. Of pictures that move, the first is kept."""
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
QUALITY = 88
_one_at_a_time = threading.Lock()


class NotAPicture(Exception):
    """What was handed in cannot be drawn."""


class TooManyPixels(NotAPicture):
    """The picture would take unreasonably much memory to draw."""


def redraw(file: Path) -> tuple[bytes, str]:
    """Draw a picture anew, the right way up, and return it with its media type; raises NotAPicture, TooManyPixels."""
    with _one_at_a_time:
        try:
            return _redrawn(file)
        except NotAPicture:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
            raise TooManyPixels from error
        except Exception as error:  # a hostile picture may make the library fail in any way
            raise NotAPicture from error


def _redrawn(file: Path) -> tuple[bytes, str]:
    with Image.open(file, formats=tuple(DRAWN_AS)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise TooManyPixels
        target = DRAWN_AS.get(opened.format or "", "JPEG")  # a phone's pair of pictures calls itself MPO
        picture = _for(target, ImageOps.exif_transpose(opened))
    # What a file said of itself would otherwise be written again: colour profiles, comments, coordinates.
    picture.info = {}
    kept = BytesIO()
    picture.save(kept, target, **({} if target == "PNG" else {"quality": QUALITY}))
    return kept.getvalue(), MEDIA_TYPES[target]


def _for(target: str, picture: Image.Image) -> Image.Image:
    """Give the picture the colours that the format can hold, its transparency kept where it can be."""
    if target == "JPEG":
        return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    kept_as_is = {"1", "L", "P", "I;16", "RGB"} if target == "PNG" else {"RGB"}
    return picture if picture.mode in kept_as_is else picture.convert("RGB")
