"""What a PDF may be: readable, open, short, and nothing but pages."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from housing.files.errors import PdfNotPlain, PdfProtected, PdfTooLong, PdfUnreadable

MARK = b"%PDF-"
"""How a PDF begins."""

MAX_PAGES = 60
"""Most pages of one document."""

MAX_PARTS = 150_000
"""Most dictionaries and lists that are looked at; more of them are no paper."""

ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/XFA", "/Launch"}
)
"""Names under which scripts, attached files, media players and active forms hang (ISO 32000-1)."""

ACTIVE_TYPES = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/Rendition",
        "/RichMedia",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
        "/Screen",
        "/3D",
        "/FileAttachment",
    }
)
"""Actions and annotations that do more than lead to a page or an address."""

SCRIPT_MARKS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
"""Looked for in the bytes too: a reader may find objects where pypdf does not look."""

# what pypdf 7.1.0 raises for files made to confuse it, beside its own errors
_BROKEN = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


def check_pdf(content: bytes, filename: str) -> int:
    """Refuse what is more than pages to read; the file itself is not changed.

    Args:
        content: the uploaded bytes.
        filename: for the message.

    Returns:
        The number of its pages.

    Raises:
        PdfUnreadable: it cannot be opened, has no page, or has more than MAX_PARTS parts.
        PdfProtected: a password, even an empty one, protects it.
        PdfNotPlain: it holds scripts, commands or attached files.
        PdfTooLong: it has more than MAX_PAGES pages.
    """
    if any(mark in content for mark in SCRIPT_MARKS):
        raise PdfNotPlain(filename)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise PdfProtected(filename)
        pages, is_plain = _look(reader, filename)
    except _BROKEN as error:
        raise PdfUnreadable(filename) from error
    if not is_plain:
        raise PdfNotPlain(filename)
    if pages == 0:
        raise PdfUnreadable(filename)
    if pages > MAX_PAGES:
        raise PdfTooLong(filename, MAX_PAGES)
    return pages


def _look(reader: PdfReader, filename: str) -> tuple[int, bool]:
    """Walk all that can be reached: how many pages, and whether it is plain."""
    pages = 0
    for part in _parts(reader, filename):
        if ACTIVE_KEYS & part.keys() or ACTIVE_TYPES & {
            _value(part, "/S"),
            _value(part, "/Subtype"),
        }:
            return pages, False
        pages += _value(part, "/Type") == "/Page"
    return pages, True


def _value(part: DictionaryObject, key: str) -> str:
    """Read a name, also one that hides behind a reference."""
    found = part.raw_get(key) if key in part else None
    return str(found.get_object()) if isinstance(found, IndirectObject) else str(found)


def _parts(reader: PdfReader, filename: str) -> Iterator[DictionaryObject]:
    """Give each dictionary once, streams too; nothing compressed but tables is unpacked."""
    waiting: list[object] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndirectObject):
            key = (part.idnum, part.generation)
            if key not in seen:
                seen.add(key)
                waiting.append(part.get_object())
        elif isinstance(part, DictionaryObject):
            count += 1
            yield part
            waiting.extend(part.raw_get(key) for key in part)
        elif isinstance(part, ArrayObject):
            count += 1
            waiting.extend(part)
        if count > MAX_PARTS:
            raise PdfUnreadable(filename)
