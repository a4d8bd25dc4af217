"""The sixty repairs of the demo city: who reported what, and how it went on.

All persons, places and troubles are invented. A story without its last moves is a case that is
still open on the morning of `START`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from engine.calendar import TAIPEI
from housing.demo import chance, courses
from housing.demo.courses import Course, Move
from housing.demo.troubles import FINDINGS, WORKS, Work
from housing.demo.world import is_in_warranty

START = datetime(2026, 3, 2, 9, tzinfo=TAIPEI)
"""Where the demo clock stands when the city has been made: a Monday morning."""

YEAR = 2026


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """What is broken, where, and what the people who look at it will find.

    Attributes:
        leg: "b1" in warranty, "b2" out of it.
    """

    key: str
    community: str
    category: str

    @property
    def leg(self) -> str:
        """Tell which leg of the diagram repairs it."""
        covered = is_in_warranty(self.community, self.category, START.date())
        return "b1" if covered else "b2"

    @property
    def finding(self) -> str:
        """Say what the property manager finds on site."""
        return chance.choose(FINDINGS[self.category], "finding", self.key)

    @property
    def work(self) -> Work:
        """Say how it is repaired."""
        return chance.choose(WORKS[self.category], "work", self.key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One repair of the demo city.

    Attributes:
        key: names it among the stories.
        reported_at: when it was reported.
        by: login of the reporter.
        home: unit code when it is not the reporter's own home; None for that or a common area.
        moves: what people do, in order.
        ends: stage of a case that has ended, or the user task that is open at START.
    """

    key: str
    reported_at: datetime
    by: str
    trouble: Trouble
    place: str
    text: str
    moves: tuple[Move, ...]
    ends: str
    home: str | None = None
    is_common: bool = False
    emergency: tuple[str, ...] = ()


CourseOf = Callable[[Trouble], Course]


def repaired(rating: int = 5, comment: str = "") -> CourseOf:
    """Triage, visit, repair, confirmation, acceptance."""
    return lambda trouble: (*_done(trouble), courses.confirm(), courses.accept(rating, comment))


def until_confirmed(trouble: Trouble) -> Course:
    """Repaired and confirmed; the resident's word is missing."""
    return (*_done(trouble), courses.confirm())


def until_done(trouble: Trouble) -> Course:
    """Reported as done by the contractor."""
    return _done(trouble)


def until_visit(trouble: Trouble) -> Course:
    """A visit is arranged."""
    return (courses.triage(trouble.finding), courses.visit(trouble.leg))


def until_order(trouble: Trouble) -> Course:
    """The contractor has the order."""
    return (courses.triage(trouble.finding),)


def until_nothing(_trouble: Trouble) -> Course:
    """Just reported."""
    return ()


def being_triaged(_trouble: Trouble) -> Course:
    """A property manager has taken it up."""
    return (courses.claim("triage"),)


def merged(into: str) -> CourseOf:
    """The same as another report."""
    return lambda _trouble: courses.merge(into)


def cancelled(_trouble: Trouble) -> Course:
    """Taken back before it was assessed."""
    return courses.cancel()


def cancelled_when_quoted(trouble: Trouble) -> Course:
    """Taken back when the cost was known."""
    take_back = Move(do=courses.CANCEL, after=courses.hours(5))
    return (*_quoted(trouble, 4200), take_back)


def on_site(note: str, result: str = "fixed") -> CourseOf:
    """Class D, closed."""
    return lambda trouble: (
        courses.triage(trouble.finding, simple=True, after=5),
        courses.onsite(note, result=result),
        courses.confirm(after=2),
        courses.accept(5),
    )


def until_on_site(trouble: Trouble) -> Course:
    """Class D, to be done."""
    return (courses.triage(trouble.finding, simple=True, after=3),)


def self_repair(note: str) -> CourseOf:
    """Class A, repaired by the resident."""
    return lambda trouble: (
        courses.triage(trouble.finding, human_cause=True),
        courses.self_repaired(note),
        courses.confirm(),
        courses.accept(4),
    )


def until_self_repair(trouble: Trouble) -> Course:
    """Class A, the resident has time."""
    return (courses.triage(trouble.finding, human_cause=True),)


def self_repair_failed(trouble: Trouble) -> Course:
    """Class A that the resident could not do: repaired at the tenant's cost."""
    return (
        courses.triage(trouble.finding, human_cause=True),
        courses.unable(),
        courses.visit("b2"),
        _repair(trouble, "b2"),
        courses.confirm(),
        courses.accept(4),
    )


def quoted(amount_twd: int, signer: str) -> CourseOf:
    """Outside the table of consumables, signed, repaired."""
    return lambda trouble: (
        *_quoted(trouble, amount_twd),
        courses.approve(signer, f"示範簽准第{amount_twd}號"),
        courses.visit("b2"),
        _repair(trouble, "b2", amount_twd),
        courses.confirm(),
        courses.accept(5, "師傅很仔細。"),
    )


def until_quote(trouble: Trouble) -> Course:
    """Outside the table, a quote is asked for."""
    return (courses.triage(trouble.finding, in_table=False),)


def until_sign_off(amount_twd: int) -> CourseOf:
    """Quoted, to be signed."""
    return lambda trouble: _quoted(trouble, amount_twd)


def reworked(trouble: Trouble) -> Course:
    """Sent back once by the property manager."""
    return (
        *_done(trouble),
        courses.send_back("dripping", "覆查仍有滲漏，請重新處理。"),
        courses.visit(trouble.leg),
        _repair(trouble, trouble.leg),
        courses.confirm(),
        courses.accept(3, "第二次才修好。"),
    )


def until_rework(trouble: Trouble) -> Course:
    """Sent back; the contractor has a new appointment."""
    return (
        *_done(trouble),
        courses.send_back("incomplete", "矽利康收邊未完成。"),
        courses.visit(trouble.leg),
    )


def objected(trouble: Trouble) -> Course:
    """The resident objects, then accepts."""
    return (
        *until_confirmed(trouble),
        courses.refuse("晚上又開始有聲音，請再檢查。"),
        courses.visit(trouble.leg),
        _repair(trouble, trouble.leg),
        courses.confirm(),
        courses.accept(4),
    )


def held(trouble: Trouble) -> Course:
    """Two missed visits, a new appointment, repaired."""
    return (
        *until_hold(trouble),
        courses.rebook(),
        courses.visit(trouble.leg),
        _repair(trouble, trouble.leg),
        courses.confirm(),
        courses.accept(5),
    )


def until_hold(trouble: Trouble) -> Course:
    """Two missed visits; the resident is asked for a new time."""
    return (
        courses.triage(trouble.finding),
        courses.visit(trouble.leg, in_days=1),
        courses.missed(trouble.leg, after=26),
        courses.visit(trouble.leg, in_days=1),
        courses.missed(trouble.leg, after=26),
    )


def recurred(trouble: Trouble) -> Course:
    """Came back after closing: straight to the same contractor, without triage."""
    return (
        courses.visit(trouble.leg),
        _repair(trouble, trouble.leg),
        courses.confirm(),
        courses.accept(3, "希望這次不會再漏。"),
    )


def extended(trouble: Trouble) -> Course:
    """An extension was granted."""
    return (*until_extension(trouble), courses.give_time())


def until_extension(trouble: Trouble) -> Course:
    """An extension is asked for."""
    detail = "所需零件缺貨，原廠預計下週到貨。"
    return (
        courses.triage(trouble.finding),
        courses.visit(trouble.leg, in_days=3),
        courses.ask_for_time(10, "parts", detail),
    )


def until_failure(trouble: Trouble) -> Course:
    """The warranty contractor let the deadline pass; an officer has taken it up."""
    return (courses.triage(trouble.finding), courses.claim("decide_failure"))


def until_last_call(trouble: Trouble) -> Course:
    """Late; the last call is served."""
    return (courses.triage(trouble.finding), courses.judge("late", "屆期未完成，依約催告。"))


def until_substitute(trouble: Trouble) -> Course:
    """Refused after the last call."""
    return (*until_last_call(trouble), courses.answer_last_call())


def until_substituted(trouble: Trouble) -> Course:
    """The repair contractor performs in its place."""
    return (
        *until_substitute(trouble),
        courses.substitute("示範函字第1150000003號"),
        courses.visit("b2"),
    )


def until_recovery(trouble: Trouble) -> Course:
    """Substitute performance is done, its cost is to be recovered."""
    return (
        *until_substituted(trouble),
        _repair(trouble, "b2", 3800),
        courses.confirm(),
        courses.accept(4, "換廠商後很快就修好了。"),
    )


def recovered(trouble: Trouble) -> Course:
    """C2, set off against the deposit."""
    return (*until_recovery(trouble), courses.recover(3800, "recovered", "示範函字第1150000004號"))


def to_legal(trouble: Trouble) -> Course:
    """C2, handed to legal."""
    return (*until_recovery(trouble), courses.recover(0, "legal", "示範函字第1150000005號"))


def until_memo(trouble: Trouble) -> Course:
    """A major damage; an officer has taken up the memo."""
    return (
        courses.triage(trouble.finding),
        courses.visit(trouble.leg),
        courses.cannot(trouble.leg, "major_damage", "結構裂縫深及鋼筋，非一般修繕可處理。"),
        courses.judge("major_damage", "現場會勘確認屬重大損壞。"),
        courses.claim("c1_memo"),
    )


def until_works(trouble: Trouble) -> Course:
    """A major damage; the works contract is being let."""
    return (
        *until_memo(trouble),
        courses.memo(["works"], "外牆磁磚大面積剝落，需發包修繕。"),
        courses.decide_project(),
    )


def until_engineering(trouble: Trouble) -> Course:
    """A design defect; the engineering unit improves it."""
    return (
        courses.triage(trouble.finding),
        courses.visit(trouble.leg),
        courses.cannot(trouble.leg, "design_defect", "排水坡度設計不足，非更換零件可改善。"),
        courses.judge("design_defect", "認屬設計缺失，移請工程單位。"),
        courses.memo(["engineering"], "地坪洩水坡度不足，屬設計缺失。"),
        courses.decide_project(),
        courses.hand_to_engineers("浴室地坪洩水坡度不足，請研擬改善方案並施作。"),
    )


def _done(trouble: Trouble) -> Course:
    return (*until_visit(trouble), _repair(trouble, trouble.leg))


def _repair(trouble: Trouble, leg: str, cost_twd: int | None = None) -> Move:
    work = trouble.work
    paid = 0 if leg == "b1" else work.cost_twd
    return courses.repair(
        leg, work.text, cost_twd=paid if cost_twd is None else cost_twd, part=work.part
    )


def _quoted(trouble: Trouble, amount_twd: int) -> Course:
    return (
        courses.triage(trouble.finding, in_table=False),
        courses.quote(amount_twd, trouble.work.text[:40]),
    )
