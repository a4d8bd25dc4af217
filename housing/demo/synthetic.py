"""The synthetic set of 4,786 applications: the same on every machine, nothing but its seed.

Figures of the call of 東區尚武好宅 (113): 4,786 applications, 3,204 qualified. How the others fell
out, the share of online applications, of MyData and of supplements are invented. All persons are
invented; their ids have a second character 0 and so belong to nobody.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from housing.persons.rules import complete_national_id

SEED = b"TC-113-SHANGWU-1"
COUNT = 4_786
QUALIFIED = 3_204
OUTCOMES: Mapping[str, int] = {
    "income": 520,
    "property": 260,
    "own_home": 310,
    "expired": 270,
    "duplicate": 122,
    "withdrawn": 100,
    "answered": 965,
    "fell_back": 105,
    "direct": 2_134,
}
"""How an application goes to how many do; the first six are not qualified (1,582).

A supplement is needed by expired, answered and fell_back: 1,340, which is 28 %; 72 % are in time.
"""

ONLINE_PERCENT = 82
MYDATA_PERCENT = 60
LACKING = frozenset({"expired", "answered"})
SUPPLEMENTED = LACKING | {"fell_back"}
PAPERS = ("register", "income_list", "property_list")
_SURNAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_PRIORITY = ("care", "married", "registered")


@dataclass(frozen=True, kw_only=True, slots=True)
class Human:
    """An invented person; `born` as year, month, day."""

    name: str
    national_id: str
    born: tuple[int, int, int]
    relation: str = "self"


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """One application of the set.

    Attributes:
        index: from 0; also the order of arrival.
        outcome: a key of OUTCOMES.
        papers: kind to source, mydata or upload.
    """

    index: int
    outcome: str
    is_online: bool
    has_mydata: bool
    household_class: str
    room_type: str
    applicant: Human
    members: tuple[Human, ...]
    income_twd: int
    property_twd: int
    owns_home: str
    papers: Mapping[str, str]


def number(*parts: object) -> int:
    """Derive a number from 0 to 2**64 - 1 from what it is for."""
    message = "|".join(str(part) for part in parts).encode()
    return int.from_bytes(hmac.new(SEED, message, sha256).digest()[:8])


def the_set(count: int = COUNT) -> tuple[Applied, ...]:
    """Make the set; a smaller count takes the first ones, for tests."""
    outcomes = _outcomes()
    online = _first(range(COUNT), COUNT * ONLINE_PERCENT // 100, "online")
    able = [each for each in sorted(online) if outcomes[each] not in LACKING]
    mydata = _first(able, len(online) * MYDATA_PERCENT // 100, "mydata")
    couples = _couples(outcomes)
    return tuple(
        _applied(index, outcomes[index], index in online, index in mydata, couples)
        for index in range(count)
    )


def _outcomes() -> Sequence[str]:
    """Spread the outcomes over the set by a shuffle that the seed decides."""
    pack = [outcome for outcome, share in OUTCOMES.items() for _ in range(share)]
    order = sorted(range(COUNT), key=lambda index: number("outcome", index))
    found = [""] * COUNT
    for outcome, index in zip(pack, order, strict=True):
        found[index] = outcome
    return found


def _first(pool: Sequence[int], count: int, what: str) -> frozenset[int]:
    return frozenset(sorted(pool, key=lambda index: number(what, index))[:count])


def _couples(outcomes: Sequence[str]) -> Mapping[int, int]:
    """Pair the duplicates: two applications of one couple."""
    doubles = [index for index, outcome in enumerate(outcomes) if outcome == "duplicate"]
    pairs = list(zip(doubles[::2], doubles[1::2], strict=True))
    return {**dict(pairs), **{second: first for first, second in pairs}}


def _applied(
    index: int, outcome: str, is_online: bool, has_mydata: bool, couples: Mapping[int, int]
) -> Applied:
    household_class = _class_of(index, outcome)
    room_type = "2BR" if outcome == "duplicate" else _room_of(index)
    papers = dict.fromkeys(PAPERS, "mydata" if has_mydata else "upload")
    if outcome in LACKING:
        del papers[PAPERS[number("lacks", index) % len(PAPERS)]]
    if household_class != "general" and outcome != "fell_back":
        papers["class_proof"] = "upload"
    return Applied(
        index=index,
        outcome=outcome,
        is_online=is_online,
        has_mydata=has_mydata,
        household_class=household_class,
        room_type=room_type,
        applicant=_human(index, 0, "self"),
        members=_members(index, room_type, couples),
        income_twd=57_510 + number("income", index) % 40_000
        if outcome == "income"
        else 8_000 + number("income", index) % 49_000,
        property_twd=5_790_000 + number("property", index) % 9_000_000
        if outcome == "property"
        else number("property", index) % 3_000_000,
        owns_home="own" if outcome == "own_home" else "none",
        papers=papers,
    )


def _class_of(index: int, outcome: str) -> str:
    chance = number("class", index) % 100
    if outcome == "fell_back" or chance >= 55:
        return _PRIORITY[number("priority", index) % len(_PRIORITY)]
    return "general"


def _room_of(index: int) -> str:
    chance = number("room", index) % 100
    return "1BR" if chance < 60 else ("2BR" if chance < 95 else "3BR")


def _members(index: int, room_type: str, couples: Mapping[int, int]) -> tuple[Human, ...]:
    if index in couples:
        other = _human(couples[index], 0, "spouse")
        return (other,)
    kinds = {"1BR": (), "2BR": ("spouse", "child"), "3BR": ("spouse", "child", "child")}
    return tuple(
        _human(index, place, relation) for place, relation in enumerate(kinds[room_type], start=1)
    )


def _human(index: int, place: int, relation: str) -> Human:
    surname = _SURNAMES[number("name", index) % len(_SURNAMES)]
    serial = index * 4 + place
    year = 2012 + place if relation == "child" else 1960 + number("born", index, place) % 44
    return Human(
        name=f"{surname}申請{serial:05}",
        national_id=complete_national_id(f"T0{serial:07}"),
        born=(year, 1 + number("month", serial) % 12, 1 + number("day", serial) % 28),
        relation=relation,
    )
