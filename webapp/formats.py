"""Instants, due dates and money as people read them; the only place that leaves UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from forms.dates import republic_year
from webapp import current, labels, language, model_words

TAIPEI = ZoneInfo("Asia/Taipei")
VERY_OVERDUE = timedelta(days=3)
"""From here on a task stands in the first group of the inbox (ladder: the chief is told)."""

SOON = timedelta(days=2)
_WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A due date in words.

    Attributes:
        severity: very_overdue, overdue, soon or later.
        words: how far away it is.
        instant: the due date itself.
    """

    severity: str
    words: str
    instant: datetime


def local(instant: datetime) -> datetime:
    """Convert an aware instant to Taipei time."""
    return instant.astimezone(TAIPEI)


def day(value: datetime | date | None) -> str:
    """Write a calendar day with its weekday; the year of the Republic where the setting asks.

    Whoever wants them in the form of ISO 8601 gets them so, in either language.
    """
    if value is None:
        return ""
    on = local(value).date() if isinstance(value, datetime) else value
    is_english = language.choose() != language.DEFAULT
    if wants_iso():
        return f"{on} ({on:%a})" if is_english else f"{on}（{_WEEKDAYS_ZH[on.weekday()]}）"
    if is_english:
        return f"{on:%a} {on.day} {on:%b} {on.year}"
    year = republic_year(on) if current_app.config["ROC_YEARS"] else on.year
    return f"{year}/{on.month:02}/{on.day:02}（{_WEEKDAYS_ZH[on.weekday()]}）"


def wants_iso() -> bool:
    """Tell whether this request's person reads days in the form of ISO 8601."""
    person = current.person()
    return person is not None and person.has_iso_dates


def month(on: date) -> str:
    """Write a month; the year of the Republic for readers of Chinese."""
    if wants_iso() or language.choose() != language.DEFAULT:
        return f"{on:%Y-%m}"
    return f"{republic_year(on)} 年 {on.month} 月"


def moment(value: datetime | None) -> str:
    """Write a day and the time of day."""
    return f"{day(value)} {clock_time(value)}".strip()


def clock_time(value: datetime | None) -> str:
    """Write the time of day, 24 hours."""
    return f"{local(value):%H:%M}" if value else ""


def short_moment(value: datetime | None) -> str:
    """Write month, day, weekday and time: for rows, where the year is plain."""
    if value is None:
        return ""
    on = local(value)
    if wants_iso():
        return f"{on:%Y-%m-%d %H:%M}"
    if language.choose() != language.DEFAULT:
        return f"{on:%a} {on.day} {on:%b} {on:%H:%M}"
    return f"{on.month}/{on.day}（{_WEEKDAYS_ZH[on.weekday()]}）{on:%H:%M}"


def due(value: datetime | None, now: datetime | None = None) -> Due | None:
    """Say how far away a due date is; nothing without a due date."""
    if value is None:
        return None
    now = now or current.application().clock.now()
    return Due(severity=severity(value, now), words=_distance(value, now), instant=value)


def severity(value: datetime, now: datetime) -> str:
    """Sort a due date into very_overdue, overdue, soon or later."""
    left = value - now
    if left <= -VERY_OVERDUE:
        return "very_overdue"
    if left < timedelta():
        return "overdue"
    return "soon" if left <= SOON else "later"


def _distance(value: datetime, now: datetime) -> str:
    late = now - value
    if late >= timedelta(days=1):
        return str(ngettext("%(num)d day overdue", "%(num)d days overdue", late.days))
    if late > timedelta():
        hours = late // timedelta(hours=1)
        if hours == 0:
            return str(_("just overdue"))
        return str(ngettext("%(num)d hour overdue", "%(num)d hours overdue", hours))
    days = (local(value).date() - local(now).date()).days
    if days == 0:
        return str(_("due today"))
    if days == 1:
        return str(_("due tomorrow"))
    return str(ngettext("%(num)d day left", "%(num)d days left", days))


def money(value: object) -> str:
    """Write an amount in New Taiwan dollars, whole dollars unless it has cents."""
    if value is None or value == "":
        return ""
    amount = Decimal(str(value))
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return str(_("NT$ %(amount)s", amount=text))


def time_tag(value: datetime | None) -> Markup:
    """Write an instant as a time element with its machine-readable form."""
    if value is None:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(local(value).isoformat(), moment(value))


FILTERS: Mapping[str, Callable[..., object]] = {
    "day": day,
    "moment": moment,
    "short_moment": short_moment,
    "clock_time": clock_time,
    "due": due,
    "money": money,
    "time_tag": time_tag,
    "label": labels.label,
    "words": model_words.say,
    "words_with": model_words.say_with,
    "diagram_words": model_words.say_diagram,
}
