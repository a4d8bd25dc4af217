"""What a photo may be, and how it is made harmless: bytes in, bytes out."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError

from housing.files.errors import FileNotAnImage

MAX_BYTES = 10 * 1024 * 1024
"""Largest accepted upload."""

MAX_PIXELS = 60_000_000
"""Largest accepted picture; a small file may unpack into gigabytes."""

THUMBNAIL_PIXELS = 480
THUMBNAIL_EXTENSION = "thumb.jpg"

_FORMATS: Mapping[str, tuple[str, str]] = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
_SAVE_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "JPEG": {"quality": 88, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 88, "method": 2},
}
_EXIF_IFD, _GPS_IFD, _TAKEN_AT = 0x8769, 0x8825, 0x9003
_UNSAFE = re.compile(r"[^\w.() -]+")
_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A photo made anew from its pixels.

    Attributes:
        content: the encoded picture, upright, with the time of taking as its only hidden data,
            and the place if that is allowed.
        thumbnail: a JPEG of at most 480 pixels a side.
        width, height: pixels.
    """

    content: bytes
    thumbnail: bytes
    content_type: str
    extension: str
    width: int
    height: int
    has_location: bool


def make_photo(content: bytes, filename: str, *, keep_location: bool) -> Photo:
    """Check an upload by its content and encode it anew.

    Args:
        content: the uploaded bytes.
        filename: for the message only; the name proves nothing.
        keep_location: whether the place may stay in the picture.

    Raises:
        FileNotAnImage: it is no JPEG, PNG or WebP, is broken, or has too many pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FileNotAnImage(filename)
            return _encode(image, keep_location=keep_location)
    except _BROKEN as error:
        raise FileNotAnImage(filename) from error


def safe_name(filename: str, extension: str) -> str:
    """Make a file name harmless and give it the extension of its content."""
    stem = PurePath(filename.replace("\\", "/")).stem
    return f"{_UNSAFE.sub('_', stem).strip(' ._')[:100] or 'photo'}.{extension}"


def _encode(image: Image.Image, *, keep_location: bool) -> Photo:
    image.load()
    kind = image.format or ""
    exif = _kept_exif(image, keep_location=keep_location)
    upright = ImageOps.exif_transpose(image)
    if kind == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    # the camera's profile, comments and previews stay behind with the old container
    upright.info = {}
    target = io.BytesIO()
    upright.save(target, kind, exif=exif.tobytes() if len(exif) else b"", **_SAVE_OPTIONS[kind])
    content_type, extension = _FORMATS[kind]
    return Photo(
        content=target.getvalue(),
        thumbnail=_thumbnail(upright),
        content_type=content_type,
        extension=extension,
        width=upright.width,
        height=upright.height,
        has_location=_GPS_IFD in exif,
    )


def _kept_exif(image: Image.Image, *, keep_location: bool) -> Image.Exif:
    """Keep when it was taken, where only if allowed; nothing of camera and owner."""
    old, kept = image.getexif(), Image.Exif()
    taken_at = old.get_ifd(_EXIF_IFD).get(_TAKEN_AT)
    if isinstance(taken_at, str):
        kept.get_ifd(_EXIF_IFD)[_TAKEN_AT] = taken_at
        kept[_EXIF_IFD] = kept.get_ifd(_EXIF_IFD)
    place = old.get_ifd(_GPS_IFD)
    if place and keep_location:
        kept[_GPS_IFD] = dict(place)
    return kept


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    if small.mode in ("RGBA", "LA", "P", "PA"):
        clear = small.convert("RGBA")
        small = Image.new("RGB", clear.size, "white")
        small.paste(clear, mask=clear.getchannel("A"))
    target = io.BytesIO()
    small.convert("RGB").save(target, "JPEG", quality=80)
    return target.getvalue()
