"""PDFs for tests: honest ones, and what a stranger might send."""

import io

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    TextStringObject,
)


def a_pdf(pages: int = 1, *, locked_with: str | None = None) -> bytes:
    """Write a PDF of empty A4 pages."""
    return _written(_writer(pages), locked_with)


def a_pdf_that_acts(action: str) -> bytes:
    """Write a PDF whose opening runs an action, such as `/Launch`; its name is written in full."""
    writer = _writer(1)
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(
        _mapping({"/S": NameObject(action), "/F": TextStringObject("cmd.exe")})
    )
    return _written(writer)


def a_pdf_that_hides_a_script() -> bytes:
    """Write a script whose type stands in another object, spelled with an escape."""
    writer = _writer(1)
    kind = writer._add_object(NameObject("/JavaScript"))
    writer.pages[0][NameObject("/Annots")] = ArrayObject(
        [_mapping({"/Subtype": NameObject("/Widget"), "/A": _mapping({"/S": kind})})]
    )
    return _written(writer).replace(b"/JavaScript", b"/J#61vaScript")


def a_pdf_with_an_attachment() -> bytes:
    """Write a PDF that carries another file."""
    writer = _writer(1)
    writer.add_attachment("virus.exe", b"MZ")
    return _written(writer)


def a_pdf_with_a_link() -> bytes:
    """Write a PDF that leads to a web address, as a letter of an office may."""
    writer = _writer(1)
    address = _mapping({"/S": NameObject("/URI"), "/URI": TextStringObject("https://example.org/")})
    writer.pages[0][NameObject("/Annots")] = ArrayObject(
        [_mapping({"/Subtype": NameObject("/Link"), "/A": address})]
    )
    return _written(writer)


def _writer(pages: int) -> PdfWriter:
    writer = PdfWriter()
    for _number in range(pages):
        writer.add_blank_page(width=595, height=842)
    return writer


def _mapping(values: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in values.items()})


def _written(writer: PdfWriter, locked_with: str | None = None) -> bytes:
    if locked_with is not None:
        writer.encrypt(locked_with, algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
