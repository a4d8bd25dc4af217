"""What an upload may be, and how a photo is made harmless: bytes in, bytes out."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

import pi_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from housing.files.errors import FileNotADocument, FileNotAnImage
from housing.files.pdf import MARK, check_pdf

MAX_BYTES = 10 * 1024 * 1024
"""Largest accepted upload."""

MAX_PIXELS = 60_000_000
"""Largest accepted picture; a small file may unpack into gigabytes."""

PICTURE, DOCUMENT = "picture", "document"
PICTURES = frozenset({PICTURE})
"""What a field for photos takes."""
DOCUMENTS = frozenset({PICTURE, DOCUMENT})
"""What a field for papers takes: a PDF, or photos of them."""

PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
PDF_TYPE = "application/pdf"

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
_HEIF_HEAD = 32
"""Bytes that tell whether it is HEIC."""
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
# pi_heif 1.4.0 lets these through for files that contradict themselves
_BROKEN_HEIF = (*_BROKEN, EOFError, IndexError, RuntimeError)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedFile:
    """An upload that may be stored: a photo made anew from its pixels, or a PDF as it came.

    Attributes:
        content: what is stored. A picture is upright, with the time of taking as its only hidden
            data, and the place if that is allowed.
        thumbnail: a JPEG of at most 480 pixels a side; None for a document.
        width, height: pixels; 0 for a document.
        page_count: of a document; None for a picture.
    """

    content: bytes
    thumbnail: bytes | None
    content_type: str
    extension: str
    width: int = 0
    height: int = 0
    has_location: bool = False
    page_count: int | None = None


def kinds_of(accept: str) -> frozenset[str]:
    """Tell what a field takes from the `accept` of its form definition.

    Args:
        accept: content types, `image/*` or endings, separated by commas; "" takes all we know.
    """
    wanted = {part.strip().lower() for part in accept.split(",") if part.strip()}
    takes_pdf = bool(wanted & {PDF_TYPE, ".pdf", "application/*", "*/*"})
    takes_pictures = bool(wanted - {PDF_TYPE, ".pdf", "application/*"})
    if not wanted:
        return DOCUMENTS
    return frozenset({DOCUMENT} if takes_pdf else set()) | (PICTURES if takes_pictures else set())


def check(
    content: bytes, filename: str, *, kinds: frozenset[str], keep_location: bool
) -> CheckedFile:
    """Check an upload by its content, and make it harmless.

    Args:
        content: the uploaded bytes.
        filename: for the message only; the name proves nothing.
        kinds: PICTURE, DOCUMENT or both.
        keep_location: whether the place may stay in a picture.

    Raises:
        FileNotAnImage: no picture that can be read, or one of too many pixels.
        FileNotADocument: neither a picture nor a PDF, where both are taken.
        PdfUnreadable, PdfProtected, PdfTooLong, PdfNotPlain: a PDF that is refused.
    """
    if content.startswith(MARK) and DOCUMENT in kinds:
        pages = check_pdf(content, filename)
        return CheckedFile(
            content=content,
            thumbnail=None,
            content_type=PDF_TYPE,
            extension="pdf",
            page_count=pages,
        )
    if PICTURE not in kinds:
        raise FileNotADocument(filename)
    try:
        return make_photo(content, filename, keep_location=keep_location)
    except FileNotAnImage as error:
        if DOCUMENT in kinds:
            raise FileNotADocument(filename) from error
        raise


def make_photo(content: bytes, filename: str, *, keep_location: bool) -> CheckedFile:
    """Check a picture by its content and encode it anew; HEIC becomes JPEG.

    Raises:
        FileNotAnImage: it is no JPEG, PNG, WebP or HEIC, is broken, or has too many pixels.
    """
    if pi_heif.is_supported(content[:_HEIF_HEAD]):
        return _encode(_from_heif(content, filename), "JPEG", keep_location=keep_location)
    try:
        with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FileNotAnImage(filename)
            image.load()
            return _encode(image, image.format or "", keep_location=keep_location)
    except _BROKEN as error:
        raise FileNotAnImage(filename) from error


def safe_name(filename: str, extension: str) -> str:
    """Make a file name harmless and give it the extension of its content."""
    stem = PurePath(filename.replace("\\", "/")).stem
    return f"{_UNSAFE.sub('_', stem).strip(' ._')[:100] or 'file'}.{extension}"


def _from_heif(content: bytes, filename: str) -> Image.Image:
    """Decode the primary picture; libheif turns it upright by the file's own transformations."""
    try:
        heif = pi_heif.open_heif(io.BytesIO(content))
        width, height = heif.size
        if width * height > MAX_PIXELS:
            raise FileNotAnImage(filename)
        image: Image.Image = heif.to_pillow()
    except _BROKEN_HEIF as error:
        raise FileNotAnImage(filename) from error
    return image


def _encode(image: Image.Image, kind: str, *, keep_location: bool) -> CheckedFile:
    exif = _kept_exif(image, keep_location=keep_location)
    upright = ImageOps.exif_transpose(image)
    if kind == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    # the camera's profile, comments and previews stay behind with the old container
    upright.info = {}
    target = io.BytesIO()
    upright.save(target, kind, exif=exif.tobytes() if len(exif) else b"", **_SAVE_OPTIONS[kind])
    content_type, extension = _FORMATS[kind]
    return CheckedFile(
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
