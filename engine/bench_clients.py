"""Several clients at once, each with its own list of things to do: how many a second, how long."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

Act = Callable[[], bool]
"""One thing to do; it tells whether it went as it should."""

Told = Callable[[int], None]
"""Hears how many were done by all clients together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What several clients saw.

    Attributes:
        acts: done by all of them, those that failed too.
        per_s: of those that went well.
        p50_ms, p95_ms: how long one took, median and 95th percentile.
        errors: that did not go as they should.
    """

    acts: int
    per_s: float
    p50_ms: float
    p95_ms: float
    errors: int


class _Tally:
    """Counts the acts of all clients as they are done."""

    def __init__(self, told: Told) -> None:
        self._guard = threading.Lock()
        self._told = told
        self.seconds: list[float] = []
        self.errors = 0

    def note(self, seconds: float, *, is_well: bool) -> None:
        """Take note of one act."""
        with self._guard:
            self.seconds.append(seconds)
            self.errors += not is_well
            self._told(len(self.seconds))


def together(clients: Sequence[Iterable[Act]], told: Told) -> Figures:
    """Let all clients begin at the same moment, and wait for the last one.

    Args:
        clients: what each does, one after the other.
        told: hears after every act; it must be quick.
    """
    tally = _Tally(told)
    gate = threading.Barrier(len(clients) + 1)
    threads = [
        threading.Thread(target=_work, args=(acts, gate, tally), daemon=True) for acts in clients
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    begun_at = perf_counter()
    for thread in threads:
        thread.join()
    return _figures(tally, perf_counter() - begun_at)


def _work(acts: Iterable[Act], gate: threading.Barrier, tally: _Tally) -> None:
    gate.wait()
    for act in acts:
        begun_at = perf_counter()
        is_well = act()
        tally.note(perf_counter() - begun_at, is_well=is_well)


def _figures(tally: _Tally, elapsed: float) -> Figures:
    spent = sorted(tally.seconds)
    if not spent:
        return Figures(acts=0, per_s=0.0, p50_ms=0.0, p95_ms=0.0, errors=0)
    return Figures(
        acts=len(spent),
        per_s=round((len(spent) - tally.errors) / elapsed, 1),
        p50_ms=round(1000 * spent[len(spent) // 2], 2),
        p95_ms=round(1000 * spent[int(len(spent) * 0.95)], 2),
        errors=tally.errors,
    )
