"""The courses a repair of the demo city takes: moves of people, each some time after its task came.

A course is a tuple of moves; its beginning alone leaves the case open where the next move would
be. Values are as typed into the forms; `Photos`, `Day`, `Moment` and `Proposed` are filled in when
the move is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

CANCEL = "cancel"
EXTENSION = "extension"
CLAIM = "claim:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Photos:
    """Drawn photos of the story's category."""

    count: int = 1
    is_repaired: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The day some days after the move."""

    days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """An hour of the day some days after the move."""

    days: int
    hour: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """What the form proposes for a field of its context."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberOf:
    """The number of the case of another story."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """What somebody does in a case.

    Attributes:
        do: id of the user task that is completed, CANCEL, EXTENSION, or CLAIM + a user task's id.
        after: since the task came up (of CANCEL and EXTENSION: since the move before).
        values: of the form, as typed.
        by: login, when it is not who usually does it.
    """

    do: str
    after: timedelta
    values: Mapping[str, object] = field(default_factory=dict)
    by: str | None = None


Course = tuple[Move, ...]


def hours(count: float) -> timedelta:
    """Say a period in hours."""
    return timedelta(hours=count)


def triage(finding: str, *, after: float = 20, **answers: object) -> Move:
    """Assess a report: broken, not simple, no human cause, in the table of consumables."""
    values = {
        "is_duplicate": False,
        "broken": True,
        "simple": False,
        "human_cause": False,
        "in_warranty": Proposed(name="in_warranty"),
        "in_table": True,
        "finding": finding,
        "photos": Photos(),
    }
    return Move(do="triage", after=hours(after), values={**values, **answers})


def merge(into: str) -> Course:
    """Find out that a report is about the same trouble as another."""
    values = {"is_duplicate": True, "duplicate_of": NumberOf(key=into)}
    return (Move(do="triage", after=hours(6), values=values),)


def cancel(after: float = 5) -> Course:
    """Take a report back before it is assessed."""
    return (Move(do=CANCEL, after=hours(after)),)


def visit(leg: str, *, after: float = 4, in_days: int = 2) -> Move:
    """Arrange a visit: leg "b1" or "b2"."""
    values = {"visit_at": Moment(days=in_days, hour=10), "visit_note": "請於約定時段留人在家。"}
    return Move(do=f"{leg}_visit", after=hours(after), values=values)


def repair(leg: str, what: str, *, after: float = 52, cost_twd: int = 0, part: str = "") -> Move:
    """Report work as done, with parts, hours and cost."""
    values = {
        "work_outcome": "done",
        "what": what,
        "photos_after": Photos(is_repaired=True),
        "parts": [{"part": part, "quantity": "1"}] if part else [],
        "hours": "1.5",
        "cost_twd": str(cost_twd),
    }
    return Move(do=f"{leg}_repair", after=hours(after), values=values)


def missed(leg: str, *, after: float = 50) -> Move:
    """Report that nobody opened at the arranged visit."""
    values = {"work_outcome": "missed", "missed_note": "依約到場，按鈴及電話聯繫均無回應。"}
    return Move(do=f"{leg}_repair", after=hours(after), values=values)


def cannot(leg: str, reason: str, note: str, *, after: float = 52) -> Move:
    """Report that the work cannot be done."""
    values = {"work_outcome": "cannot", "failure_reason": reason, "cannot_note": note}
    return Move(do=f"{leg}_repair", after=hours(after), values=values)


def confirm(*, after: float = 18) -> Move:
    """Confirm that the case can be closed."""
    return Move(do="confirm", after=hours(after), values={"confirm_result": "close"})


def send_back(reason: str, note: str, *, after: float = 18) -> Move:
    """Send work back for rework."""
    values = {
        "confirm_result": "return",
        "rework_reason": reason,
        "rework_note": note,
        "photos": Photos(),
    }
    return Move(do="confirm", after=hours(after), values=values)


def accept(rating: int = 5, comment: str = "", *, after: float = 22) -> Move:
    """Accept the work and rate it."""
    values = {"acceptance": "accept", "rating": str(rating), "comment": comment}
    return Move(do="accept", after=hours(after), values=values)


def refuse(note: str, *, after: float = 22) -> Move:
    """Object to closing, with a photo."""
    values = {"acceptance": "object", "objection_note": note, "photos": Photos()}
    return Move(do="accept", after=hours(after), values=values)


def onsite(note: str, *, result: str = "fixed") -> Move:
    """Solve it on the spot, or find nothing broken."""
    values = {"onsite_result": result, "note": note, "photos": Photos(is_repaired=True)}
    return Move(do="onsite", after=hours(3), values=values)


def self_repaired(note: str, *, after: float = 100) -> Move:
    """Report one's own repair as done."""
    values = {
        "self_repair_result": "done",
        "done_note": note,
        "photos": Photos(is_repaired=True),
    }
    return Move(do="self_repair", after=hours(after), values=values)


def unable(*, after: float = 60) -> Move:
    """Say that one cannot repair it oneself."""
    return Move(do="self_repair", after=hours(after), values={"self_repair_result": "unable"})


def quote(amount_twd: int, item: str, *, after: float = 20) -> Move:
    """Quote for work outside the table of consumables."""
    lines = [{"item": item, "quantity": "1", "unit_price": str(amount_twd)}]
    values = {"lines": lines, "amount_twd": str(amount_twd), "quote_note": "含工資及廢棄物清運。"}
    return Move(do="quote", after=hours(after), values=values)


def approve(signer: str, number: str, *, after: float = 20) -> Move:
    """Sign a quote: signer "officer" or "chief"."""
    values = {"sign_off_decision": "approve", "sign_off_no": number}
    return Move(do=f"sign_off_{signer}", after=hours(after), values=values)


def ask_for_time(days: int, reason: str, detail: str, *, after: float = 24) -> Move:
    """Ask for an extension of the running order."""
    values = {"until": Day(days=days), "reason": reason, "detail": detail}
    return Move(do=EXTENSION, after=hours(after), values=values)


def give_time(*, after: float = 6) -> Move:
    """Grant an extension."""
    values = {"extension_decision": "granted", "opinion": "理由屬實，同意展延。"}
    return Move(do="decide_extension", after=hours(after), values=values)


def rebook(*, after: float = 40) -> Move:
    """Offer new times after two missed visits."""
    times = [{"on": Day(days=2), "part": "morning"}, {"on": Day(days=3), "part": "evening"}]
    values = {"visit_times": times, "phone": "0900000123", "note": "抱歉前兩次不在家。"}
    return Move(do="rebook", after=hours(after), values=values)


def judge(reason: str, explanation: str, *, after: float = 12) -> Move:
    """Decide what becomes of an order that failed."""
    values = {"failure_reason": reason, "explanation": explanation}
    return Move(do="decide_failure", after=hours(after), values=values)


def answer_last_call(*, after: float = 20) -> Move:
    """Refuse after the last call."""
    values = {"last_call_response": "refused", "refusal_note": "本公司認屬使用不當，不予保固。"}
    return Move(do="last_call", after=hours(after), values=values)


def substitute(number: str, *, after: float = 20) -> Move:
    """Order substitute performance."""
    values = {"notice_no": number, "notice_served_on": Day(), "in_table": True}
    return Move(do="substitute", after=hours(after), values=values)


def recover(set_off_twd: int, outcome: str, number: str, *, after: float = 120) -> Move:
    """Recover the cost of substitute performance, or hand it to legal."""
    values = {
        "notice_no": number,
        "notice_served_on": Day(),
        "set_off_twd": str(set_off_twd),
        "recovered_twd": "0",
        "recovery_outcome": outcome,
        "note": "自保固保證金抵充。" if set_off_twd else "廠商拒絕給付，移請法制單位處理。",
    }
    return Move(do="recovery", after=hours(after), values=values)


def memo(measures: list[str], cause: str, *, after: float = 30) -> Move:
    """Propose how a project case is handled."""
    values = {"cause": cause, "measures": measures, "memo_no": "示範簽字第1150000001號"}
    return Move(do="c1_memo", after=hours(after), values=values)


def decide_project(*, after: float = 24) -> Move:
    """Approve the memo of a project case."""
    values = {"project_decision": "approve", "opinion": "如擬。"}
    return Move(do="c1_decide", after=hours(after), values=values)


def hand_to_engineers(defect: str, *, after: float = 60) -> Move:
    """Transfer a design defect of a project case to the engineering unit."""
    values = {
        "engineering_unit": "新建工程科",
        "file_no": "示範函字第1150000002號",
        "handed_over_on": Day(),
        "defect": defect,
    }
    return Move(do="c1_engineering", after=hours(after), values=values)


def claim(element: str, *, after: float = 2) -> Move:
    """Take an offered task without doing it yet."""
    return Move(do=f"{CLAIM}{element}", after=hours(after))
