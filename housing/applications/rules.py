"""Pure rules of calls and applications: states, limits, papers, numbers, the list."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from engine.calendar import TAIPEI, local_date
from housing.applications.errors import DrawRanksInvalid

_RANK = re.compile(
    r'"?(?P<number>C\d{2,3}-\d{2,}-\d{6,})"?\s*[,;\t]\s*"?(?P<rank>\d{1,9})"?', re.ASCII
)

ROUND_STAGES = (
    "drafted",
    "approved",
    "published",
    "open",
    "closed",
    "listed",
    "frozen",
    "drawn",
    "ended",
    "dropped",
)
"""Stages of a call in order; `ended` is that of a rolling one, `dropped` of a refused draft."""

STATES = (
    "submitted",
    "under_review",
    "supplement",
    "duplicate",
    "second_check",
    "rejecting",
    "rejected",
    "qualified",
    "withdrawn",
    "merged",
    "deceased",
)
FINAL_STATES = frozenset({"rejected", "qualified", "withdrawn", "merged", "deceased"})
"""Nothing is to be reviewed any more; a rejected one may come back by an appeal."""

PRIORITY_CLASSES = frozenset({"care", "married", "registered", "indigenous", "feedback", "project"})
PAPERS: Mapping[str, str] = {
    "register": "戶口名簿或戶籍謄本",
    "income_list": "所得清單",
    "property_list": "財產清單",
    "class_proof": "戶別證明",
    "link_proof": "就學或就業證明",
    "share_deed": "小面積持分權狀",
    "agency_list": "機關名冊",
    "declaration": "切結書",
    "receipt": "繳清證明",
    "form": "申請書",
}
REQUIRED_PAPERS = ("register", "income_list", "property_list")
"""出租辦法 art. 7: what every application needs; MyData may stand for each."""

PERSONS_BY_ROOM: Mapping[str, tuple[int, int]] = {"1BR": (1, 2), "2BR": (2, 4), "3BR": (3, 6)}
"""Room type to the fewest and most persons; a default of ours, set in the call."""

MIN_NOTICE_DAYS = 30  # 出租辦法 art. 6: announced at least 30 days before the intake
REVIEW_DAYS = 60  # 出租辦法 art. 8, may be extended by as many once
APPEAL_DAYS = 30  # 訴願法 art. 14
CHOICE_DAYS = 10  # 出租辦法 art. 8 "限期"; ten days are a setting of ours
RESTORATION_DAYS = 10  # 行政程序法 art. 50
RESTORATION_LIMIT = timedelta(days=365)
MIN_REASON = 10

CONSENT_TEXTS: Mapping[str, str] = {
    "privacy": "2026-01",
    "mydata": "2026-01",
    "electronic": "2026-01",
    "truth": "2026-01",
}
"""Kind of consent to the version of its text that the form shows now."""

DEFECT_WORDS: Mapping[str, tuple[str, str, str]] = {
    "AGE": ("申請日未滿 18 歲", "", ""),
    "NO_CITY_LINK": ("未設籍本市，亦未在本市就學或就業", "", ""),
    "LINK_PROOF_MISSING": ("缺就學或就業證明", "在學證明或在職證明", "link_proof"),
    "OWNS_HOME": ("於中彰投苗有自有住宅", "", ""),
    "SHARE_DEED_MISSING": ("缺小面積持分權狀", "建物所有權狀或登記謄本", "share_deed"),
    "INCOME_OVER": ("平均每人每月所得超過限額", "", ""),
    "PROPERTY_OVER": ("不動產價值達限額", "", ""),
    "OTHER_SUBSIDY": ("現領租金或房貸補貼", "簽約時放棄補貼之切結書", "declaration"),
    "YEARS_USED": ("曾住社會住宅已達年限", "", ""),
    "ARREARS": ("積欠機關款項", "繳清證明", "receipt"),
    "DOC_MISSING_register": ("缺戶籍資料或無法辨識", "戶口名簿或戶籍謄本", "register"),
    "DOC_MISSING_income_list": ("缺所得清單或無法辨識", "所得清單", "income_list"),
    "DOC_MISSING_property_list": ("缺財產清單或無法辨識", "財產清單", "property_list"),
    "CLASS_PROOF_MISSING": ("缺主張戶別之證明", "該戶別證明文件", "class_proof"),
    "PERSONS_RANGE": ("人數與房型不符", "改選其他房型", "room_type"),
    "DUPLICATE": ("同一人或同一家庭重複申請", "擇一保留", ""),
    "EXTRA": ("其他應補事項", "", "declaration"),
}
"""Key of a defect to its words, the proof wanted, and the paper that cures it."""

REASON_WORDS: Mapping[str, tuple[str, str]] = {
    "AGE": ("申請日未滿 18 歲。", "內政部興辦社會住宅出租辦法第 3 條"),
    "NO_CITY_LINK": (
        "未設籍本市，亦未在本市就學或就業。",
        "臺中市社會住宅出租辦法第 3 條",
    ),
    "OWNS_HOME": ("於中彰投苗地區有自有住宅。", "臺中市社會住宅出租辦法第 4 條"),
    "INCOME_OVER": ("家庭平均每人每月所得超過招租公告之限額。", "本案招租公告"),
    "PROPERTY_OVER": ("家庭成員不動產價值達招租公告之限額。", "本案招租公告"),
    "YEARS_USED": ("曾承租社會住宅已達年限。", "本案招租公告"),
    "SUPPLEMENT_EXPIRED": (
        "經通知補正，逾期未補正。",
        "內政部興辦社會住宅出租辦法第 8 條",
    ),
    "SUPPLEMENT_INCOMPLETE": (
        "經通知補正，補正後仍不完備。",
        "內政部興辦社會住宅出租辦法第 8 條",
    ),
    "DUPLICATE": (
        "同一家庭重複申請，逾期未擇一保留。",
        "內政部興辦社會住宅出租辦法第 7、8 條",
    ),
    "FORGED": ("申請文件偽造或冒名申請。", "住宅法及行政程序法第 36 條"),
}
"""Reason of a rejection to its words and its legal basis."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundSettings:
    """Settings of a call; defaults from the domain's table of open questions.

    Attributes:
        is_review_first: review before the draw.
        supplement_days_online, supplement_days_paper: calendar days from service.
        may_extend_online, may_extend_paper: whether ten days more may be asked for, once.
        max_rounds: supplements without the chief's reason.
        objection_days: working days.
        second_check_percent: share of the second check beside the priority classes.
        queue_by: "qualified" (order of qualification) or "complete" (time of the submission).
    """

    is_review_first: bool = True
    supplement_days_online: int = 7
    supplement_days_paper: int = 10
    may_extend_online: bool = False
    may_extend_paper: bool = True
    max_rounds: int = 1
    objection_days: int = 3
    second_check_percent: int = 10
    uses_score: bool = False
    queue_by: str = "qualified"

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> "RoundSettings":
        """Read stored settings; keys of other versions are left out."""
        kept: dict[str, Any] = {
            each.name: stored[each.name] for each in fields(cls) if each.name in stored
        }
        return cls(**kept)

    def stored(self) -> dict[str, object]:
        """Write the settings for the database."""
        return asdict(self)

    def supplement_days(self, channel: str) -> int:
        """Tell how many calendar days a channel has."""
        return self.supplement_days_online if channel == "online" else self.supplement_days_paper

    def may_extend(self, channel: str) -> bool:
        """Tell whether a channel may ask for more time."""
        return self.may_extend_online if channel == "online" else self.may_extend_paper


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the qualified list; no personal data."""

    number: str
    pool: str
    score: int = 0
    weight: int = 1


def application_number(year: int, serial: int) -> str:
    """Write the number of an application: A115-000123."""
    return f"A{year}-{serial:06}"


def round_number(kind: str, year: int, serial: int) -> str:
    """Write the number of a call: C115-01 periodic, Q115-01 rolling."""
    return f"{'C' if kind == 'periodic' else 'Q'}{year}-{serial:02}"


def finding_key(code: str, value: str) -> str:
    """Name a finding within an application: a missing paper by its kind."""
    return f"{code}_{value}" if code == "DOC_MISSING" else code


def is_sampled(number: str, percent: int) -> bool:
    """Tell whether an application falls into the sample of the second check; anybody can check it.

    The SHA-256 of the number decides, so nobody can choose who is checked.
    """
    return int.from_bytes(sha256(number.encode()).digest()[:8]) % 100 < percent


def needs_second_check(number: str, household_class: str, percent: int) -> bool:
    """Tell whether a second officer checks: claimed priority classes always, others by sample."""
    return household_class in PRIORITY_CLASSES or is_sampled(number, percent)


def first_reason(keys: Iterable[str]) -> str:
    """Name the reason of a rejection: the first fatal defect in the order of the table."""
    found = set(keys)
    return next((key for key in REASON_WORDS if key in found), "SUPPLEMENT_INCOMPLETE")


def end_of_postmark_day(day: date) -> datetime:
    """Give the instant at which a postmark counts: noon of its day in Taipei."""
    return datetime.combine(day, time(12, 0), TAIPEI)


def pool_of(pool: str, room_type: str, site: str | None = None) -> str:
    """Name a pool of the draw: CARE.1BR, or CARE.1BR.SW in a joint call."""
    return f"{pool}.{room_type}.{site}" if site else f"{pool}.{room_type}"


def entries_text(entries: Sequence[Entry]) -> str:
    """Write `entries.txt` as the draw reads it: ASCII, sorted by number, LF after every line."""
    lines = (
        f"{each.number}|{each.pool}|{each.score:03}|{each.weight}"
        for each in sorted(entries, key=lambda entry: entry.number.encode())
    )
    return "".join(f"{line}\n" for line in lines)


def read_ranks(text: str) -> dict[str, int]:
    """Read the result of a draw: number and rank, a line an entry; titles may stand first.

    Raises:
        DrawRanksInvalid: a line is no number and rank, or a number stands there twice.
    """
    ranks: dict[str, int] = {}
    for place, line in enumerate(text.lstrip("\ufeff").splitlines()):
        found = _RANK.fullmatch(line.strip())
        if found is None and (place == 0 or not line.strip()):
            continue
        if found is None or found["number"] in ranks:
            raise DrawRanksInvalid(line.strip()[:60])
        ranks[found["number"]] = int(found["rank"])
    return ranks


def text_hash(text: str) -> str:
    """Give the lower-case SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()


def is_restorable(cause_ended_on: date, missed_at: datetime, now: datetime) -> bool:
    """Tell whether a missed period may still be restored (行政程序法 art. 50).

    Args:
        cause_ended_on: day on which the cause ended.
        missed_at: end of the missed period.
        now: when it is asked for.
    """
    is_in_time = local_date(now) <= cause_ended_on + timedelta(days=RESTORATION_DAYS)
    return is_in_time and now - missed_at <= RESTORATION_LIMIT


def persons_range(room_type: str) -> tuple[int, int]:
    """Tell the fewest and most persons of a room type."""
    return PERSONS_BY_ROOM.get(room_type, (1, 6))


def percentile(values: Sequence[int], percent: int) -> int | None:
    """Give the smallest value that so many percent of the values do not exceed; None of nothing."""
    if not values:
        return None
    place = -(-len(values) * percent // 100)  # nearest rank, rounded up
    return sorted(values)[max(place, 1) - 1]


def csv_cell(text: str) -> str:
    """Make a text harmless in a spreadsheet: what would be a formula gets an apostrophe."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
