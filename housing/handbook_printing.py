"""Print a handbook as an accessible PDF: contents, chapters, tables."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from housing.letters import printing

NARROWEST, WIDEST = 5, 30
"""Of a column, in characters; columns share the page in these proportions."""

LAYOUT = printing.FOLDER / "templates" / "handbook.typ"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a printed handbook; all of it but the heading may be empty.

    Attributes:
        level: of the heading: 2 for a chapter, 3 within one.
        rows: cells of a table, as many as there are columns.
    """

    heading: str
    level: int = 2
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def to_pdf(  # noqa: PLR0913  # the words of one title page
    title: str,
    subtitle: str,
    contents: str,
    parts: Sequence[Part],
    *,
    is_english: bool,
    stamp: datetime,
) -> bytes:
    """Print a handbook.

    Args:
        title: stands on the first page.
        subtitle: stands below it and on each page.
        contents: heading of the table of contents.
        parts: in order.
        is_english: the language that a screen reader speaks.
        stamp: when the version was deployed.

    Raises:
        PrintingFailed: the fonts are missing, or the printer refuses the words.
    """
    data = {
        "office": printing.OFFICE,
        "title": title,
        "subtitle": subtitle,
        "contents": contents,
        "lang": "en" if is_english else "zh",
        "region": "GB" if is_english else "TW",
        "parts": [asdict(part) | {"widths": _widths(part)} for part in parts],
    }
    return printing.print_layout(LAYOUT, data, stamp)


def _widths(part: Part) -> list[int]:
    """Give each column room by its longest cell."""
    longest = [max(len(cell) for cell in column) for column in zip(*part.rows, strict=True)]
    return [min(max(length, NARROWEST), WIDEST) for length in longest]
