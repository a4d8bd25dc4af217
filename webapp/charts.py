"""Charts over time as plain geometry; templates only draw. The same figures stand in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 14.0, 30.0
MOST_LABELS = 8
_STEPS = (1, 2, 4, 6, 8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One row of values, one a label.

    Attributes:
        look: number of its look: colour, dash and mark together, so that colour alone says nothing.
        is_bar: drawn as bars instead of a line.
    """

    words: str
    values: Sequence[float | None]
    look: int = 0
    is_bar: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """An area between low and high values, one a label."""

    words: str
    low: Sequence[float]
    high: Sequence[float]
    look: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One series or range as shapes.

    Attributes:
        path: of a line or area, "" for bars.
        marks: points of a line.
    """

    words: str
    look: int
    path: str = ""
    is_area: bool = False
    marks: tuple[tuple[float, float], ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """A chart ready to draw, 640 by 250.

    Attributes:
        levels: y and words of the horizontal lines.
        ticks: x and words below.
    """

    drawn: tuple[Drawn, ...]
    levels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]


def plot(labels: Sequence[str], series: Sequence[Series], ranges: Sequence[Range] = ()) -> Plot:
    """Lay out values over labels; all begin at zero."""
    values = [value for each in series for value in each.values if value is not None]
    top = _top(max([*values, *(high for each in ranges for high in each.high), 1.0]))
    frame = _Frame(count=max(len(labels), 1), top=top)
    bars = [each for each in series if each.is_bar]
    drawn = [frame.area(each) for each in ranges]
    drawn += [frame.columns(each, place, len(bars)) for place, each in enumerate(bars)]
    drawn += [frame.line(each) for each in series if not each.is_bar]
    every = -(-len(labels) // MOST_LABELS)
    ticks = [(frame.x(i), words) for i, words in enumerate(labels) if i % every == 0]
    return Plot(drawn=tuple(drawn), levels=frame.levels(), ticks=tuple(ticks))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frame:
    """Places of values on the sheet."""

    count: int
    top: float

    def x(self, index: int) -> float:
        """The middle of a label's column."""
        return round(LEFT + (index + 0.5) * self._step, 1)

    def y(self, value: float) -> float:
        """The height of a value."""
        return round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM), 1)

    @property
    def _step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / self.count

    def levels(self) -> tuple[tuple[float, str], ...]:
        """Horizontal lines: none, a half, all."""
        return tuple((self.y(value), f"{value:g}") for value in (0.0, self.top / 2, self.top))

    def line(self, series: Series) -> Drawn:
        """A line through the values that are there."""
        marks = tuple((self.x(i), self.y(v)) for i, v in enumerate(series.values) if v is not None)
        path = " ".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(marks))
        return Drawn(words=series.words, look=series.look, path=path, marks=marks)

    def area(self, given: Range) -> Drawn:
        """The area between two rows of values."""
        there = [f"{self.x(i)} {self.y(value)}" for i, value in enumerate(given.high)]
        back = [f"{self.x(i)} {self.y(value)}" for i, value in enumerate(given.low)][::-1]
        path = f"M{' L'.join([*there, *back])} Z" if there else ""
        return Drawn(words=given.words, look=given.look, path=path, is_area=True)

    def columns(self, series: Series, place: int, of: int) -> Drawn:
        """Bars side by side with those of other series."""
        width = self._step * 0.7 / of
        left = -self._step * 0.35 + place * width
        bars = tuple(
            Bar(
                x=round(self.x(i) + left, 1),
                y=self.y(value),
                width=round(width, 1),
                height=round(self.y(0) - self.y(value), 1),
            )
            for i, value in enumerate(series.values)
            if value
        )
        return Drawn(words=series.words, look=series.look, bars=bars)


def _top(most: float) -> float:
    """Round up to 1, 2, 4, 6 or 8 times a power of ten, so that a half is a round number too."""
    power = 1.0
    while True:
        for step in _STEPS:
            if most <= step * power:
                return max(step * power, 2.0)
        power *= 10.0
