"""Who may sign in to the demo city; all persons are invented."""

from dataclasses import dataclass

from housing.places.rules import community_scope, contractor_scope

PASSWORD = "anju-demo-2026"  # noqa: S105  # public on purpose: printed when the demo city is served

WARRANTY_CONTRACTOR = "WAR1"
REPAIR_CONTRACTOR = "REP1"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAccount:
    """One account of the demo city.

    Attributes:
        role: its candidate group.
        scopes: where it holds the role.
        home: community code and unit code of a resident's home.
        also: a second role in the same scopes.
    """

    login: str
    name: str
    role: str
    scopes: tuple[str, ...]
    home: tuple[str, str] | None = None
    also: str | None = None


def _resident(login: str, name: str, community: str, unit: str) -> DemoAccount:
    return DemoAccount(
        login=login,
        name=name,
        role="resident",
        scopes=(community_scope(community),),
        home=(community, unit),
    )


def _staff(login: str, name: str, role: str, *scopes: str) -> DemoAccount:
    return DemoAccount(login=login, name=name, role=role, scopes=scopes or ("city",))


_SW, _PX, _SM = (community_scope(code) for code in ("SW", "PX", "SM"))

ACCOUNTS: tuple[DemoAccount, ...] = (
    _resident("resident1", "林安安", "SW", "A-0501"),
    _resident("resident2", "陳好好", "PX", "A-0302"),
    _resident("resident3", "王樂樂", "SM", "B-0401"),
    _staff("manager1", "張守成", "property_manager", _SW, _SM),
    _staff("manager2", "李勤美", "property_manager", _PX, _SM),
    _staff("lead1", "黃主任", "property_manager_lead", _SW, _PX, _SM),
    _staff("warranty1", "周保固", "contractor", contractor_scope(WARRANTY_CONTRACTOR)),
    _staff("repair1", "吳修繕", "contractor", contractor_scope(REPAIR_CONTRACTOR)),
    _staff("social1", "蔡關懷", "social_worker", _SW, _SM),
    _staff("social2", "羅陪伴", "social_worker", _PX),
    _staff("sociallead1", "游督導", "social_worker_lead", _SW, _PX, _SM),
    _staff("officer1", "許承辦", "officer"),
    _staff("chief1", "鄭科長", "section_chief"),
    _staff("supervisor1", "謝流程", "process_supervisor"),
    _staff("admin1", "管理員", "administrator"),
    _staff("applicant1", "何安居", "applicant"),
    _staff("applicant2", "沈樂業", "applicant"),
    _staff("officer2", "宋複核", "officer"),
    _staff("ethics1", "馮政風", "ethics_office"),
    _staff("finance1", "褚出納", "finance"),
    DemoAccount(
        login="supervisor2",
        name="方核定",
        role="process_approver",
        scopes=("city",),
        also="process_supervisor",
    ),
)
"""The accounts a visitor may sign in with, all with PASSWORD."""

_NEIGHBOUR_HOMES = (
    *(("SW", unit) for unit in ("A-0201", "A-0302", "A-0402", "A-0601", "B-0202", "B-0301")),
    *(("PX", unit) for unit in ("A-0201", "A-0402", "A-0502", "B-0201", "B-0302", "B-0601")),
    *(("SM", unit) for unit in ("A-0202", "A-0301", "A-0501", "B-0202", "B-0302", "B-0602")),
)
_SURNAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"

NEIGHBOURS: tuple[DemoAccount, ...] = tuple(
    _resident(f"neighbour{index:02}", f"{surname}住戶", *home)
    for index, (surname, home) in enumerate(zip(_SURNAMES, _NEIGHBOUR_HOMES, strict=True), start=1)
)
"""Further residents who report repairs; nobody knows their passwords."""
