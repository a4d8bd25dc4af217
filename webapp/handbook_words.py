"""The words of a handbook: periods, reminders and their receivers, in the reader's language."""

import re
from collections.abc import Callable, Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from bpmn.handbook import Deadline, Period, split_source
from engine.sla_rules import LADDERS
from webapp import labels

STARTS: Mapping[str, LazyString] = {
    "served_at": _l("from service of the letter"),
    "died_on": _l("from the day of death"),
    "month_end_on": _l("from the end of the month"),
    "handed_over_on": _l("from the handover"),
    "supplement_due": _l("from the end of the supplement period"),
}
"""Names of instants in our processes; another name is shown as it stands in the diagram."""

KINDS: Mapping[str, LazyString] = {
    "reminds": _l("Reminds"),
    "routes": _l("Moves the case on"),
    "starts": _l("Begins a case"),
}

RECEIVERS: Mapping[str, LazyString] = {
    "doer": _l("whoever has the task"),
    "supervisor": _l("the supervisor"),
}

LADDER_NAMES: Mapping[str, LazyString] = {
    "default": _l("Usual reminders"),
    "quiet": _l("Only when late"),
    "urgent": _l("Urgent reminders"),
}

HIT_POLICIES: Mapping[str, LazyString] = {
    "UNIQUE": _l("One row applies at most."),
    "FIRST": _l("The first row that applies, from the top, decides."),
    "ANY": _l("All rows that apply say the same."),
    "COLLECT": _l("All rows that apply are listed."),
    "COLLECT SUM": _l("The points of all rows that apply are added up."),
    "RULE ORDER": _l("All rows that apply are listed in their order."),
}

OPEN_UNITS: Mapping[str, LazyString] = {
    "calendar_days": _l("days"),
    "working_days": _l("working days"),
    "working_hours": _l("working hours"),
    "months": _l("months"),
    "statutory_days": _l("days that end on a working day"),
    "statutory_months": _l("months that end on a working day"),
}
"""Units of an amount that a process computes."""

_OFFSET = re.compile(r"-?P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")


def period(deadline: Deadline, *, is_public: bool = False) -> str:
    """Say how long something may take, and from when; the public reads no names of variables."""
    given = deadline.period
    if deadline.kind == "starts":
        return str(_("again and again"))
    if not given.amount and is_public:
        return str(_("until the day that the case page shows"))
    if not given.amount:
        return str(_("until the day kept in the case (%(name)s)", name=given.expression))
    counted = length(given, is_rolling=deadline.rolling == "statutory")
    if not given.start or (is_public and given.start not in STARTS):
        return counted
    start = str(STARTS.get(given.start) or _("from %(start)s", start=given.start))
    return str(_("%(length)s, %(start)s", length=counted, start=start))


def reminders(deadline: Deadline) -> str:
    """Say who is reminded when: the name of the ladder, or the rungs written in the diagram."""
    if deadline.rungs:
        return "\n".join(rung(each.at, each.notify) for each in deadline.rungs)
    if not deadline.ladder:
        return str(_("none"))
    return str(LADDER_NAMES.get(deadline.ladder, deadline.ladder))


def ladders(deadlines: Iterable[Deadline]) -> list[tuple[str, list[str]]]:
    """Explain the named ladders that some deadlines use: name and rungs, in order."""
    used = {each.ladder for each in deadlines if not each.rungs}
    return [
        (str(name), [rung(each.at, each.notify) for each in LADDERS[key].rungs])
        for key, name in LADDER_NAMES.items()
        if key in used
    ]


def rung(at: str, notify: Iterable[str]) -> str:
    """Say one reminder: when, and who is told."""
    who = str(_(", ")).join(
        str(RECEIVERS.get(each) or labels.label(each, "role")) for each in notify
    )
    return str(_("%(when)s: %(who)s", when=when(at), who=who))


def hit_policy(policy: str) -> str:
    """Say how the rows of a decision table are read."""
    return str(HIT_POLICIES.get(policy, policy))


def kind(deadline: Deadline) -> str:
    """Say what a deadline does."""
    return str(KINDS[deadline.kind])


FILTERS: Mapping[str, Callable[..., object]] = {
    "handbook_period": period,
    "handbook_reminders": reminders,
    "handbook_ladders": ladders,
    "handbook_hits": hit_policy,
    "handbook_kind": kind,
    "rung_words": rung,
    "source_split": split_source,
}


def length(given: Period, *, is_rolling: bool = False) -> str:
    """Say how long a period is, without its start."""
    if given.unit == "exact":
        return _duration(given.amount)
    unit = "statutory_days" if given.unit == "calendar_days" and is_rolling else given.unit
    if not given.amount.isdecimal():
        words = OPEN_UNITS.get(unit, unit)
        return str(_("%(name)s %(unit)s", name=given.amount, unit=words))
    if unit == "calendar_days" and given.amount == "0":
        return str(_("by the end of the day"))
    return _counted(unit, int(given.amount))


def _counted(unit: str, amount: int) -> str:
    words = {
        "calendar_days": ngettext("%(num)d calendar day", "%(num)d calendar days", amount),
        "working_days": ngettext("%(num)d working day", "%(num)d working days", amount),
        "working_hours": ngettext("%(num)d working hour", "%(num)d working hours", amount),
        "months": ngettext("%(num)d month", "%(num)d months", amount),
        "statutory_months": ngettext(
            "%(num)d month; it ends on a working day",
            "%(num)d months; they end on a working day",
            amount,
        ),
        "statutory_days": ngettext(
            "%(num)d calendar day; it ends on a working day",
            "%(num)d calendar days; they end on a working day",
            amount,
        ),
    }
    return str(words.get(unit, f"{amount} {unit}"))


def when(at: str) -> str:
    """Say when a reminder comes."""
    if at.endswith("%"):
        return str(_("after %(share)s of the period", share=at))
    length = _duration(at)
    if not length:
        return str(_("at the end"))
    if at.startswith("-"):
        return str(_("%(length)s before the end", length=length))
    return str(_("%(length)s after the end", length=length))


def _duration(text: str) -> str:
    """Say an ISO duration in days, hours and minutes; "" for none."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        return text
    days, hours, minutes = (int(found[name] or 0) for name in ("days", "hours", "minutes"))
    parts = (
        ngettext("%(num)d day", "%(num)d days", days) if days else "",
        ngettext("%(num)d hour", "%(num)d hours", hours) if hours else "",
        ngettext("%(num)d minute", "%(num)d minutes", minutes) if minutes else "",
    )
    return " ".join(part for part in parts if part)
