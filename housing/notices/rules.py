"""Pure rules of notices: wording, dates, quiet hours, who supervises whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from string import Formatter

from engine.calendar import TAIPEI
from forms.dates import republic_year
from housing.notices.codes import CATEGORIES, GROUPS, PAYERS, REASONS
from housing.notices.errors import NoticeUnknown
from housing.notices.kinds import QUIET_TOPICS, RINGING, SOFT_KINDS, topic_of
from housing.notices.wording import Wording, spoken
from housing.notices.words import CLOSING, GREETING, NOTICES

CHINESE = "zh_Hant_TW"
QUIET_FROM = time(22)
QUIET_UNTIL = time(7)
BETWEEN_RINGS = timedelta(hours=1)
SUPERVISORS: Mapping[str, str] = {
    "property_manager": "property_manager_lead",
    "property_manager_lead": "officer",
    "social_worker": "social_worker_lead",
    "contractor": "officer",
    "resident": "property_manager",
    "officer": "section_chief",
}
"""Candidate group to the group that is told when its task is overdue; others: officer."""

_WEEKDAYS = "一二三四五六日"
_CODES = {"category": CATEGORIES, "payer": PAYERS, "doer": GROUPS, "reason": REASONS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A notice ready to send, in the reader's language.

    Attributes:
        body: whole text of a mail, lines parted by newlines.
        short: one sentence for a push message.
    """

    subject: str
    body: str
    short: str

    def payload(self, kind: str, url: str, at: datetime) -> dict[str, object]:
        """Write it as a row of the outbox holds it.

        Args:
            kind: of the notice.
            url: path of the page that it leads to.
            at: when it was to be told.
        """
        return {
            "kind": kind,
            "subject": self.subject,
            "body": self.body,
            "short": self.short,
            "url": url,
            "at": at.astimezone(UTC).isoformat(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Whom a notice speaks to."""

    name: str
    language: str


def render(kind: str, context: Mapping[str, object], reader: Reader, url: str) -> Rendered:
    """Say a notice in the reader's language.

    Args:
        kind: a key of the table of words.
        context: fields; instants are shown in Asia/Taipei, codes by their name.
        reader: name and language.
        url: of the case, shown at the end of a mail.

    Raises:
        NoticeUnknown: the table has no such kind.
    """
    words = NOTICES.get(kind)
    if words is None:
        raise NoticeUnknown(kind)
    wording = words.zh if reader.language == CHINESE else words.en
    fields = say_all(context, reader.language)
    lines = fill(wording, fields)
    greeting = spoken(GREETING, reader.language).format(name=reader.name)
    body = "\n".join([greeting, "", *lines, "", url, "", spoken(CLOSING, reader.language)])
    subject = _fill_line(wording.subject, fields)
    return Rendered(subject=subject, body=body, short=lines[0] if lines else subject)


def fill(wording: Wording, fields: Mapping[str, str]) -> list[str]:
    """Fill the lines whose fields are all known; the others are left out."""
    known = [line for line in wording.lines if _fields_of(line) <= set(fields)]
    return [line.format_map(fields) for line in known]


def say_all(context: Mapping[str, object], language: str) -> dict[str, str]:
    """Turn the fields of a notice into text; empty ones count as missing."""
    return {
        key: say(key, value, language)
        for key, value in context.items()
        if value is not None and value != ""
    }


def say(key: str, value: object, language: str) -> str:
    """Turn one field into text: instants, days, money, codes; anything else as it is."""
    is_chinese = language == CHINESE
    if isinstance(value, datetime):
        return chinese_instant(value) if is_chinese else english_instant(value)
    if isinstance(value, date):
        return chinese_day(value) if is_chinese else english_day(value)
    if key.endswith("_twd"):
        return f"{value:,}"
    if key == "what":
        return str(value).rstrip("。.！!？? ")  # it stands inside our own sentences
    names = _CODES.get(key, {}).get(str(value))
    return names[0 if is_chinese else 1] if names else str(value)


def chinese_day(day: date) -> str:
    """Say a day in the calendar of the Republic: 115年3月2日（星期一）."""
    weekday = _WEEKDAYS[day.weekday()]
    return f"{republic_year(day)}年{day.month}月{day.day}日（星期{weekday}）"


def chinese_instant(instant: datetime) -> str:
    """Say an aware instant in Asia/Taipei: 115年3月2日（星期一）23:59."""
    local = instant.astimezone(TAIPEI)
    return f"{chinese_day(local.date())}{local:%H:%M}"


def english_day(day: date) -> str:
    """Say a day in English: Monday 2 March 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def english_instant(instant: datetime) -> str:
    """Say an aware instant in Asia/Taipei in English: Monday 2 March 2026, 23:59."""
    local = instant.astimezone(TAIPEI)
    return f"{english_day(local.date())}, {local:%H:%M}"


def after_quiet_hours(instant: datetime) -> datetime:
    """Hold a soft notice back from 22:00 to 07:00 in Taipei (notice ladder, rungs 1 and 2)."""
    local = instant.astimezone(TAIPEI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return instant
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, tzinfo=TAIPEI).astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """Hours of the day in which somebody wants no sound, beside the nights that all have.

    Attributes:
        begins, ends: time of day in Taipei; an end before the beginning lies on the next day.
    """

    begins: time
    ends: time

    @property
    def length(self) -> timedelta:
        """Tell how long it lasts; the same time twice is no time."""
        day = date(2000, 1, 1)
        length = datetime.combine(day, self.ends) - datetime.combine(day, self.begins)
        return length % timedelta(days=1)

    def after(self, instant: datetime) -> datetime:
        """Give the end of the quiet time that an aware instant lies in, else the instant."""
        local = instant.astimezone(TAIPEI)
        for day in (local.date() - timedelta(days=1), local.date()):
            begins = datetime.combine(day, self.begins, tzinfo=TAIPEI)
            if begins <= local < begins + self.length:
                return (begins + self.length).astimezone(UTC)
        return instant


LONGEST_QUIET = timedelta(hours=12)
"""Somebody's own quiet hours; with the night before or after them some of each day is left."""


def after_all_quiet(instant: datetime, own: Quiet | None) -> datetime:
    """Hold a sound back through the night and through somebody's own quiet hours."""
    held = after_quiet_hours(instant)
    return held if own is None else after_quiet_hours(own.after(held))


def rings_at(now: datetime, last_rang_at: datetime | None) -> datetime:
    """Tell when an ordinary push message may ring: by day, an hour after the one before.

    Source: announcements.md, push rule (at most one an hour and person, quiet from 22:00 to 07:00).

    Args:
        now: when it wants to.
        last_rang_at: when the person's phone last rang for something ordinary, or None.
    """
    free_at = now if last_rang_at is None else max(now, last_rang_at + BETWEEN_RINGS)
    return after_quiet_hours(free_at)


def waits_for_day(kind: str, channel: str) -> bool:
    """Tell whether a notice makes a noise and must not make it at night."""
    return channel in RINGING and (kind in SOFT_KINDS or topic_of(kind).code in QUIET_TOPICS)


def leaves_at(kind: str, channel: str, now: datetime, own: Quiet | None = None) -> datetime:
    """Tell when a notice may leave the house.

    At night, rungs 1 and 2 wait in every channel; news of a case and announcements wait in the
    channels that ring, there also through the reader's own quiet hours.
    Urgent notices and escalations never wait.
    """
    if waits_for_day(kind, channel):
        return after_all_quiet(now, own)
    return after_quiet_hours(now) if kind in SOFT_KINDS else now


def notice_key(idem: str) -> str:
    """Tell the notice of a message's key: the same for all its channels."""
    return idem.rpartition(":")[0]


def supervisor_of(group: str | None) -> str:
    """Tell which group is told when a task of a group is overdue."""
    return SUPERVISORS.get(group or "", "officer")


def digest(kind: str, context: Mapping[str, object], at: datetime) -> str:
    """Make the part of an idempotency key that tells two notices of one case apart."""
    fields = sorted((key, str(value)) for key, value in context.items())
    return sha256(f"{kind}|{fields}|{at.isoformat()}".encode()).hexdigest()[:24]


def _fields_of(line: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(line) if name}


def _fill_line(line: str, fields: Mapping[str, str]) -> str:
    missing = dict.fromkeys(_fields_of(line) - set(fields), "—")
    return line.format_map({**fields, **missing})
