"""Words for kinds of days, units, starts and the steps of a counted period."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.periods import counting
from engine.periods.computation import Computation, Step
from webapp import formats

DAY_KINDS: Mapping[str, LazyString] = {
    "holiday": _l("Holiday"),
    "typhoon": _l("Closed by a disaster (typhoon day)"),
    "closure": _l("Office closed"),
    "half": _l("Half day: morning only"),
    "make_up": _l("Make-up working day"),
    "saturday": _l("Saturday"),
    "sunday": _l("Sunday"),
    "weekly_off": _l("Weekly day off"),
    "paused": _l("Clock stopped"),
}

DAY_MARKS: Mapping[str, LazyString] = {
    "holiday": _l("off"),
    "typhoon": _l("storm"),
    "closure": _l("shut"),
    "half": _l("half"),
    "make_up": _l("work"),
}
"""The short word inside a small month; as short as can be."""

UNITS: Mapping[str, LazyString] = {
    "calendar_days": _l("Calendar days"),
    "working_days": _l("Working days"),
    "working_hours": _l("Working hours"),
    "months": _l("Months"),
}

START_KINDS: Mapping[str, LazyString] = {
    "service": _l("Service of the notice"),
    "deposit": _l("Deposit at the post office"),
    "postmark": _l("Postmark"),
    "publication": _l("Publication"),
    "event": _l("Another event"),
}

SATURDAY_ENDS: Mapping[str, LazyString] = {
    "MON_2359": _l("Monday, end of the day (favours the citizen)"),
    "MON_1200": _l("Monday, 12:00 (letter of the law)"),
}

BASES: Mapping[str, LazyString] = {
    counting.STATUTORY: _l("Administrative Procedure Act, art. 48"),
    counting.PLAIN_DAYS: _l("Civil Code, art. 120 (2): the day of the event does not count"),
    counting.WORKING: _l("The government's office calendar; the day of the event does not count"),
    counting.GRACE: _l("Administrative Procedure Act, art. 49: the way by post does not count"),
    counting.RESTORATION: _l("Administrative Procedure Act, art. 50: restoration"),
}
"""The laws behind the rules of counting, as the reader's language names them."""

FILE_PROBLEMS: Mapping[str, LazyString] = {
    "bad_date": _l("This is no date."),
    "unknown_kind": _l("This kind of day is unknown."),
    "no_name": _l("The day has no name."),
    "twice": _l("This day stands in the file twice."),
    "repeats": _l("Repeating or very long events are not read; list each day."),
    "no_columns": _l("The first line does not name the columns."),
    "no_days": _l("The file holds no day that differs."),
    "no_text": _l("The file is not text in UTF-8 or Big5."),
    "too_many": _l("The file holds too many days."),
}


STEPS: Mapping[str, LazyString] = {
    "start_not_counted": _l("The day of the event, %(day)s, does not count."),
    "counted": _l("Counting begins on %(day)s: %(count)d calendar days."),
    "working_counted": _l("Counting begins on %(day)s: %(count)d working days."),
    "hours_counted": _l("%(day)s: %(count)d minutes of working time."),
    "paused": _l("Days on which the clock stood still: %(count)d."),
    "last_day": _l("The last counted day is %(day)s."),
    "rolled": _l("No period may end on that day; the next day on which it may is %(day)s."),
    "saturday_noon": _l("The last day was a Saturday: the period ends on Monday at noon."),
    "limited": _l("It may not be later than %(day)s."),
    "end": _l("The period ends on %(when)s."),
}


def basis(text: str) -> str:
    """Name the law or clause of a counting rule."""
    return str(BASES.get(text, text))


def sentences(computation: Computation) -> list[str]:
    """Tell the steps of a computation as sentences, in order."""
    return [_sentence(step, computation) for step in computation.steps]


def _sentence(step: Step, computation: Computation) -> str:
    is_working = step.code == "counted" and computation.unit == "working_days"
    words = str(STEPS["working_counted" if is_working else step.code])
    end = f"{formats.day(computation.ends_at)} {formats.local(computation.ends_at):%H:%M:%S}"
    return words % {"day": formats.day(step.on), "count": step.amount, "when": end}
