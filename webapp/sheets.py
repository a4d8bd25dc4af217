"""Tables of figures: one value serves the page and the CSV file, so that they never differ."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from housing.applications.rules import csv_cell
from webapp import formats

CellKind = Literal["text", "count", "number", "share", "day"]
Value = str | int | float | date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column; numbers have one decimal, shares are per cent on the page, 0 to 1 in CSV."""

    words: str
    kind: CellKind = "text"

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right."""
        return self.kind not in ("text", "day")

    def say(self, value: Value) -> str:
        """Write a value for people."""
        if value is None:
            return "\N{EN DASH}"
        if isinstance(value, date):
            return formats.day(value)
        if isinstance(value, str):
            return value
        if self.kind == "share":
            return f"{100 * value:.0f}%"
        if self.kind == "number":
            return f"{value:.2f}" if 0 < abs(value) < 1 else f"{value:.1f}"
        return str(value)

    def write(self, value: Value) -> str:
        """Write a value for a spreadsheet."""
        if value is None:
            return ""
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            return csv_cell(value)
        return f"{value:.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A table of figures.

    Attributes:
        name: of its address and file.
        note: where the figures come from: how many cases, which period.
    """

    name: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]

    def said(self) -> Iterable[Sequence[str]]:
        """Give the rows for people."""
        for row in self.rows:
            yield [column.say(value) for column, value in zip(self.columns, row, strict=True)]


def as_csv(sheet: Sheet) -> str:
    """Write a table for spreadsheets, with a byte order mark and where its figures come from."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([csv_cell(column.words) for column in sheet.columns])
    for row in sheet.rows:
        pairs = zip(sheet.columns, row, strict=True)
        writer.writerow([column.write(value) for column, value in pairs])
    writer.writerow([])
    writer.writerow([csv_cell(sheet.note)])
    return "\ufeff" + text.getvalue()
