"""Working time as spans on a line of hours, so that millions of questions stay quick.

Hour 0 is a midnight in Asia/Taipei, which knows no summer time: each day has 24 hours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from engine.periods.calendars import Calendar

DAY_HOURS = 24.0
WEEK_HOURS = 168.0
_DAY = timedelta(days=1)


class WorkingTime:
    """When work is done.

    Args:
        spans: beginning and end in hours, in order, apart from each other. Behind the last one
            every hour counts, so that no work is endless.
    """

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        kept = [(begin, end) for begin, end in spans if end > begin]
        self._begins = [begin for begin, _ in kept]
        self._ends = [end for _, end in kept]
        self._before = [0.0]
        for begin, end in kept:
            self._before.append(self._before[-1] + end - begin)
        self._days = sorted({int(begin // DAY_HOURS) for begin, _ in kept})
        self._last = self._ends[-1] if kept else 0.0

    @classmethod
    def of(cls, calendar: Calendar, first: date, days: int) -> "WorkingTime":
        """Lay a working calendar on the line; hour 0 is the beginning of the first day."""
        found: list[tuple[float, float]] = []
        for number in range(days):
            for span in calendar.hours_on(first + _DAY * number):
                base = number * DAY_HOURS
                begin = base + span.begins.hour + span.begins.minute / 60
                found.append((begin, base + span.ends.hour + span.ends.minute / 60))
        return cls(found)

    @classmethod
    def always(cls) -> "WorkingTime":
        """Work day and night."""
        return cls(())

    def worked(self, hour: float) -> float:
        """Tell the working hours from hour 0 up to an hour."""
        if hour >= self._last:
            return self._before[-1] + hour - self._last
        index = bisect_right(self._begins, hour)
        if not index:
            return 0.0
        inside = min(hour, self._ends[index - 1]) - self._begins[index - 1]
        return self._before[index - 1] + inside

    def between(self, begin: float, end: float) -> float:
        """Tell the working hours between two hours."""
        return self.worked(end) - self.worked(begin)

    def after(self, begin: float, hours: float) -> float:
        """Tell when so many working hours are done that began at an hour."""
        if not hours:
            return begin
        goal = self.worked(begin) + hours
        if goal >= self._before[-1]:
            return max(self._last, 0.0) + goal - self._before[-1]
        index = bisect_left(self._before, goal)
        return self._begins[index - 1] + goal - self._before[index - 1]

    def is_working_day(self, day: int) -> bool:
        """Tell whether work is done on a day, counted from 0."""
        if day * DAY_HOURS >= self._last:
            return True
        index = bisect_left(self._days, day)
        return index < len(self._days) and self._days[index] == day

    def working_day_after(self, day: int, count: int) -> int:
        """Tell the so-manieth working day after a day; none is the day itself."""
        if not count:
            return day
        index = bisect_right(self._days, day) + count - 1
        if index < len(self._days):
            return self._days[index]
        known = len(self._days) - bisect_right(self._days, day)
        return max(day, self._days[-1] if self._days else day) + count - known
