"""Pure rules of announcements: whom a scope covers, when one runs, what no text may say."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from housing.announcements.errors import EndMissing, EndTooEarly, ScopeIncomplete

CATEGORIES = ("general", "outage", "safety", "event", "policy", "emergency")
EMERGENCY = "emergency"
NEED_END = frozenset({EMERGENCY, "outage"})

SCOPES = ("city", "community", "building", "floor", "units", "role")
OF_A_COMMUNITY = frozenset({"community", "building", "floor", "units"})

STATES = ("draft", "in_review", "scheduled", "published", "corrected", "withdrawn", "expired")
LIVE = frozenset({"published", "corrected"})
ENDED = frozenset({"withdrawn", "expired"})

OFFICE_ROLES = frozenset({"officer", "section_chief"})
MANAGER_ROLES = frozenset({"property_manager", "property_manager_lead"})
READER_ROLES = ("resident", "applicant", "property_manager", "social_worker", "contractor")
"""Roles that a whole announcement may be addressed to."""

LANGUAGES = ("en", "vi", "id")
"""Languages beside Chinese."""

REMINDED_AFTER = timedelta(days=3)
LISTED_AFTER = timedelta(days=7)
"""Must-acknowledge ladder (announcements.md, row 6)."""

A_DAY = timedelta(days=1)
THREE_DAYS = timedelta(days=3)
"""Within these it is counted who has read one (announcements.md, KPIs)."""

MOST_REACHED = 95
"""Per cent of the readers that an emergency is measured by."""

DEFAULT_LIFE = timedelta(days=90)
"""How long one without an end stays in force; a setting of ours."""

MOST_ATTACHMENTS = 5
EXCERPT = 90

DELIVERY_STATES = ("queued", "sent", "delivered", "read", "acknowledged", "failed")

_LINK = re.compile(r"https?://[^\s<>\"'，。；、）」]+")
_BULLET = re.compile(r"\s*[-*•]\s+(?P<text>\S.*)")
_NUMBER = re.compile(r"\s*\d{1,2}[.)、]\s*(?P<text>\S.*)")
_UNIT = re.compile(r"\b[A-Za-z]\d?-\d{3,4}\b|\d+\s*號\s*\d+\s*樓|\d+\s*樓\s*之\s*\d+")
_PERSON = re.compile(r"[\u4e00-\u9fff]{1,3}(?:先生|小姐|女士|太太)|[A-Z][12]\d{8}|09\d{2}-?\d{6}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Whom an announcement is for.

    Attributes:
        kind: a code of SCOPES.
        community: code; "" for city and role.
        units: codes of homes, such as A-0501.
        role: of READER_ROLES; "" unless the kind is role.
    """

    kind: str
    community: str = ""
    building: str = ""
    floor: int | None = None
    units: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where somebody lives, as far as scopes ask."""

    community: str
    building: str
    floor: int
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A piece of a line; with an address it is a link."""

    text: str
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A paragraph, or a list of lines: kind paragraph, bullets or numbers."""

    kind: str
    lines: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How far one person came with what he was told.

    Attributes:
        is_carried: something took a notice for him: mail server, push service, portal.
        is_shown: a push service or a device took it.
        is_lost: every way is dead.
    """

    read_at: datetime | None
    acknowledged_at: datetime | None
    is_carried: bool
    is_shown: bool
    is_lost: bool


def ensure_complete(scope: Scope) -> None:
    """Refuse a scope that names nobody.

    Raises:
        ScopeIncomplete: a part of it is missing.
    """
    named = {
        "city": True,
        "community": bool(scope.community),
        "building": bool(scope.community and scope.building),
        "floor": bool(scope.community and scope.building and scope.floor is not None),
        "units": bool(scope.community and scope.units),
        "role": scope.role in READER_ROLES,
    }
    if not named.get(scope.kind, False):
        raise ScopeIncomplete


def lives_in(scope: Scope, home: Home) -> bool:
    """Tell whether a home belongs to a scope."""
    if scope.kind == "city":
        return True
    if scope.kind == "role" or home.community != scope.community:
        return False
    if scope.kind == "units":
        return home.unit in scope.units
    in_building = scope.kind == "community" or home.building == scope.building
    return in_building and (scope.kind != "floor" or home.floor == scope.floor)


def covers(scope: Scope, homes: Iterable[Home], roles: Collection[str]) -> bool:
    """Tell whether somebody who lives in these homes and holds these roles may read it.

    What is for the whole city everybody with an account may read; only residents are told.
    """
    if scope.kind == "city":
        return True
    if scope.kind == "role":
        return scope.role in roles
    return any(lives_in(scope, home) for home in homes)


def ensure_times(
    category: str, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> None:
    """Refuse an announcement that would end before it begins, or never where it must.

    Raises:
        EndMissing: an emergency or an outage has no end.
        EndTooEarly: the end is not after the start and the present.
    """
    if until_at is None:
        if category in NEED_END:
            raise EndMissing
        return
    if until_at <= max(from_at or now, now):
        raise EndTooEarly


def publish_at(category: str, from_at: datetime | None, now: datetime) -> datetime:
    """Tell when an approved one goes out; an emergency never waits."""
    return now if category == EMERGENCY else max(from_at or now, now)


def end_of(from_at: datetime, until_at: datetime | None) -> datetime:
    """Tell when one is archived: at its end, else after DEFAULT_LIFE."""
    return until_at or from_at + DEFAULT_LIFE


def state_of(reading: Reading) -> str:
    """Tell the delivery state of one reader, the furthest one reached."""
    if reading.acknowledged_at:
        return "acknowledged"
    if reading.read_at:
        return "read"
    if reading.is_shown:
        return "delivered"
    if reading.is_carried:
        return "sent"
    return "failed" if reading.is_lost else "queued"


def blocks(text: str) -> tuple[Block, ...]:
    """Read plain text into paragraphs, lists and links; nothing of it is ever markup."""
    found: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        found.extend(_blocks_of(chunk.split("\n")))
    return tuple(found)


def _blocks_of(lines: Iterable[str]) -> Iterator[Block]:
    kind, held = "", list[tuple[Part, ...]]()
    for line in lines:
        this, said = _kind_of(line)
        if held and this != kind:
            yield Block(kind=kind, lines=tuple(held))
            held = []
        kind = this
        if said.strip():
            held.append(parts(said.strip()))
    if held:
        yield Block(kind=kind, lines=tuple(held))


def _kind_of(line: str) -> tuple[str, str]:
    for kind, pattern in (("bullets", _BULLET), ("numbers", _NUMBER)):
        if found := pattern.fullmatch(line):
            return kind, found["text"]
    return "paragraph", line


def parts(line: str) -> tuple[Part, ...]:
    """Cut a line into texts and web addresses; no other scheme becomes a link."""
    found, at = list[Part](), 0
    for link in _LINK.finditer(line):
        if link.start() > at:
            found.append(Part(text=line[at : link.start()]))
        found.append(Part(text=link.group(), address=link.group()))
        at = link.end()
    if at < len(line):
        found.append(Part(text=line[at:]))
    return tuple(found)


def excerpt(text: str) -> str:
    """Take the beginning of a text as one line, for a push message."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"


def private_words(text: str, names: Collection[str] = ()) -> tuple[str, ...]:
    """Find what a public text must not name: persons, ids, numbers of homes and phones.

    Args:
        text: title and body.
        names: of people who live in the scope.
    """
    found = [match.group().strip() for rule in (_UNIT, _PERSON) for match in rule.finditer(text)]
    found += [name for name in names if len(name) > 1 and name in text]
    return tuple(dict.fromkeys(found))


def translated(
    translations: Mapping[str, Mapping[str, str]], language: str, title: str, body: str
) -> tuple[str, str]:
    """Choose title and body in a language; Chinese where it was not translated."""
    found = translations.get(language)
    return (found["title"], found["body"]) if found else (title, body)


def announcement_number(year: int, serial: int) -> str:
    """Write a number: N115-000001."""
    return f"N{year}-{serial:06}"


def share(count: int, total: int) -> int | None:
    """Tell a share in whole per cent; None of nobody."""
    return round(100 * count / total) if total else None


def percentile(minutes: Collection[float], per_cent: int) -> float | None:
    """Tell the smallest value that so many per cent of the values do not exceed."""
    ordered = sorted(minutes)
    if not ordered:
        return None
    rank = -(-per_cent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def minutes_to_most(published_at: datetime, sent_at: Collection[datetime | None]) -> float | None:
    """Tell after how many minutes MOST_REACHED per cent of the readers had it.

    Args:
        published_at: when it went out.
        sent_at: for each reader when something reached him, or None.

    Returns:
        None while fewer have it, and without readers.
    """
    taken = [
        float("inf") if at is None else (at - published_at) / timedelta(minutes=1) for at in sent_at
    ]
    minutes = percentile(taken, MOST_REACHED)
    return None if minutes == float("inf") else minutes
