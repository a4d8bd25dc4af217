"""Two versions of a decision table laid over each other, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.comparison.decisions import Decision, Rule, paired, read_decisions


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell in both versions; None where its row or column is not there."""

    before: str | None
    after: str | None

    @property
    def is_changed(self) -> bool:
        """Tell whether both are there and differ."""
        return None not in (self.before, self.after) and self.before != self.after


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: from 1, in the new version, of a removed row in the old one.
        former: number in the old version, None for a new row.
        state: added, removed, changed or same.
    """

    number: int
    former: int | None
    state: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlaidTable:
    """A table whose versions differ.

    Attributes:
        columns: labels; conditions before results.
    """

    id: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def told(self) -> tuple[Row, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.state != "same")


def overlay_tables(before: bytes, after: bytes) -> tuple[OverlaidTable, ...]:
    """Lay the tables of two DMN files over each other; those without difference are left out.

    Args:
        before: the file in service, empty for none.
        after: the file of the draft, empty for none.

    Raises:
        ValueError: one of them is no XML.
    """
    old, new = read_decisions(before), read_decisions(after)
    empty = Decision(id="", type="decision", name="", facts={})
    tables = (
        _overlay(old.get(key, empty), new.get(key, empty)) for key in dict.fromkeys((*new, *old))
    )
    return tuple(table for table in tables if table.told)


def _overlay(old: Decision, new: Decision) -> OverlaidTable:
    columns = {**old.columns, **new.columns}
    keys = [*new.columns, *(key for key in old.columns if key not in new.columns)]
    return OverlaidTable(
        id=new.id or old.id,
        name=new.name or old.name,
        columns=tuple(columns[key].label for key in keys),
        rows=tuple(_rows(old, new, keys)),
    )


def _rows(old: Decision, new: Decision, keys: list[str]) -> Iterator[Row]:
    former = {now: was for was, now in paired(old, new).items()}
    for key, rule in new.rules.items():
        yield _row(old.rules.get(former.get(key, "")), rule, keys)
    for key, rule in old.rules.items():
        if key not in former.values():
            yield _row(rule, None, keys)


def _row(old: Rule | None, new: Rule | None, keys: list[str]) -> Row:
    cells = tuple(
        Cell(
            before=None if old is None else old.cells.get(key),
            after=None if new is None else new.cells.get(key),
        )
        for key in keys
    )
    numbers = (None if old is None else old.number, None if new is None else new.number)
    return Row(
        number=numbers[1] or numbers[0] or 0,
        former=numbers[0],
        state=_state(numbers, cells),
        cells=cells,
    )


def _state(numbers: tuple[int | None, int | None], cells: tuple[Cell, ...]) -> str:
    if None in numbers:
        return "added" if numbers[0] is None else "removed"
    return "changed" if any(cell.is_changed for cell in cells) else "same"
