"""Pages of figures: groups of lines with words and numbers, with tables, charts, and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from housing.applications.rules import csv_cell

NOTHING = "\u2013"  # a dash where nothing is to be judged


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One figure.

    Attributes:
        value: drawn and written to the CSV; None when there is nothing to judge.
        said: the value as the page says it.
        base: of how many, for a rate; None for a count.
    """

    words: str
    value: float | None
    said: str
    base: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Figures that stand together.

    Attributes:
        key: part of the ids on the page.
        has_chart: the lines are of one kind and are drawn as bars.
    """

    key: str
    title: str
    lines: Sequence[Line]
    has_chart: bool = False
    note: str = ""

    @property
    def bars(self) -> list[tuple[str, float, str]]:
        """Give the lines as the chart wants them."""
        return [(each.words, each.value or 0, each.said) for each in self.lines]

    @property
    def most(self) -> float:
        """Give the largest value; 1 when there is none, so that bars stay empty."""
        return max((each.value or 0 for each in self.lines), default=0) or 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """An option of the filter."""

    code: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FigurePage:
    """A page of figures: what was chosen, and all groups."""

    chosen: str
    choices: Sequence[Choice]
    groups: Sequence[Group]


def count(words: str, number: int) -> Line:
    """Say a count."""
    return Line(words=words, value=number, said=f"{number:,}")


def days(words: str, number: int | None) -> Line:
    """Say a number of working days."""
    said = NOTHING if number is None else _("%(count)d working days", count=number)
    return Line(words=words, value=number, said=said)


def rate(words: str, part: int, base: int) -> Line:
    """Say a rate with its base."""
    if not base:
        return Line(words=words, value=None, said=NOTHING, base=0)
    said = _(
        "%(percent)d%% (%(part)d of %(base)d)",
        percent=round(100 * part / base),
        part=part,
        base=base,
    )
    return Line(words=words, value=part / base, said=said, base=base)


def as_csv(page: FigurePage) -> str:
    """Write all groups one below the other, with a byte order mark for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_("Group"), _("Figure"), _("Value"), _("Base")])
    for group in page.groups:
        writer.writerows(
            [csv_cell(group.title), csv_cell(each.words), _number(each.value), _number(each.base)]
            for each in group.lines
        )
    return "\ufeff" + text.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
