"""Print a letter: a tagged, accessible PDF (PDF/UA-1) with its own fonts and the case's QR code."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from typst import TypstError

from engine.calendar import local_date
from housing.letters.errors import PrintingFailed
from housing.letters.queries import LetterView
from housing.letters.rules import CHANNEL_WORDS
from housing.notices.rules import chinese_day

OFFICE = "臺中市政府住宅發展工程處"
FOLDER = Path(__file__).parent
LAYOUT = FOLDER / "templates" / "layout.typ"
FONTS = FOLDER / "fonts"
"""Filled by `make setup`; no font of the system is used, so a letter looks the same everywhere."""

_WIDE = 2.2
"""Width of a column of text, where one of numbers counts 1."""


def to_pdf(letter: LetterView, base_url: str, *, follow: str = "") -> bytes:
    """Print a letter.

    Args:
        letter: with its frozen content.
        base_url: address of the pages, for the link and the QR code.
        follow: whole address under which the case is followed without an account; the page of the
            case where there is none.

    Raises:
        PrintingFailed: the fonts are missing, or the printer refuses the letter.
    """
    url = follow or f"{base_url}/cases/{letter.case_number}"
    return print_layout(LAYOUT, _data(letter, url), letter.sent_at or letter.written_at)


def print_layout(layout: Path, data: Mapping[str, Any], stamp: datetime) -> bytes:
    """Print data by a layout as an accessible PDF (PDF/UA-1).

    Args:
        layout: a Typst file of our own; it reads the data from `sys.inputs.letter`.
        data: JSON values, set as text only.
        stamp: the time of making that the file names.

    Raises:
        PrintingFailed: the fonts are missing, or the printer refuses the data.
    """
    if not (FONTS / "NotoSansTC_400Regular.ttf").is_file():
        raise PrintingFailed("the fonts are missing; run make setup")
    try:
        printed = typst.compile(
            layout,
            root=layout.parent,
            font_paths=_fonts(),
            sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
            pdf_standards="ua-1",
            timestamp=stamp,
        )
    except TypstError as error:
        raise PrintingFailed(error.message) from error
    return printed if isinstance(printed, bytes) else b""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def _data(letter: LetterView, url: str) -> dict[str, Any]:
    return {
        "office": OFFICE,
        "title": letter.content["title"],
        "subject": letter.content["subject"],
        "parts": [_part(each) for each in letter.content["parts"]],
        "head": _head(letter),
        "case_number": letter.case_number,
        "appeal": letter.appeal,
        "text_version": letter.text_version,
        "url": url,
        "qr": _qr(url),
        "qr_alt": f"案件查詢 QR Code：{url}",
    }


def _head(letter: LetterView) -> list[tuple[str, str]]:
    sent_on = local_date(letter.sent_at) if letter.sent_at else None
    rows = (
        ("受文者", letter.addressee_name),
        ("地址", letter.addressee_address),
        ("發文日期", chinese_day(sent_on) if sent_on else "（未發文）"),
        ("發文字號", letter.number or "（未發文）"),
        ("案號", letter.case_number),
        ("送達方式", CHANNEL_WORDS[letter.channel]),
    )
    return [(label, text) for label, text in rows if text]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    if part["kind"] != "table":
        return part
    return {**part, "widths": [1 if is_number else _WIDE for is_number in part["numbers"]]}


def _qr(url: str) -> str:
    target = io.BytesIO()
    segno.make(url, error="m").save(target, kind="svg", border=2)
    return target.getvalue().decode()
