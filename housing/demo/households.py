"""The households of the demo city: people with ids that nobody owns, leases, entry sheets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import TAIPEI, local_date
from engine.clock import Clock, FrozenClock
from engine.types import SYSTEM
from forms.dates import republic_year
from housing.demo import chance
from housing.demo.accounts import ACCOUNTS, NEIGHBOURS, DemoAccount
from housing.leases import service as leases
from housing.leases.service import CoResident, Movement, NewLease
from housing.people.models import Account
from housing.persons import service as persons
from housing.persons.rules import complete_national_id
from housing.persons.service import NewPerson
from housing.places import service as places
from housing.places.models import Unit
from housing.places.service import NewSheet
from housing.vault import Vault

MOVED_IN_ON = date(2024, 4, 1)
STARTED_ON: Mapping[str, date] = {
    "resident2": date(2023, 6, 1),
    "neighbour08": date(2023, 6, 1),
}
"""Their terms end within 120 days of the demo morning: the office invites them to renew."""

SIGNED_AT = time(10)
IN_ARREARS = {"neighbour09": 2, "neighbour14": 1}
"""Login to the months of rent that are owed."""
SERVED_BY_POST = {"resident3", "neighbour05"}
"""Who did not agree to electronic service."""

_SPOUSES: Mapping[str, str] = {"resident1": "周平平", "neighbour03": "丙太太"}
_CHILDREN: Mapping[str, str] = {"resident1": "林小安", "resident3": "王喜喜"}
_LETTERS = "BDEFGHKLMNPQRSTUVX"


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """A household's home and how to reach it."""

    unit: Unit
    address: str


def settle(*, vault: Vault, session: Session, clock: Clock) -> None:
    """Give every resident of the demo city a person, a household and a lease."""
    accounts = {each.login: each.id for each in session.scalars(select(Account))}
    units = {(each.community_code, each.code): each for each in session.scalars(select(Unit))}
    residents = [each for each in (*ACCOUNTS, *NEIGHBOURS) if each.home]
    for serial, resident in enumerate(residents, start=1):
        if resident.home is None:
            continue
        home = Home(
            unit=units[resident.home], address=f"臺中市示範路 {serial} 號 {resident.home[1]}"
        )
        family = _register(resident, serial, accounts[resident.login], home, vault, session, clock)
        lease_id = _sign(resident, home.unit, family, session)
        _furnish(lease_id, home.unit, resident, session)
        _owe(lease_id, resident, home.unit, session, clock)


def national_id(serial: int, member: int) -> str:
    """Make a national id that has no owner: its second character is 0."""
    letter = chance.choose(_LETTERS, "id", serial, member)
    return complete_national_id(f"{letter}0{serial * 10 + member:07}")


def rent_of(unit: Unit) -> int:
    """Tell half of a home's market rent: what the first year costs."""
    return (unit.rent_twd or 0) // 2


def _register(  # noqa: PLR0913  # a household and all it needs
    resident: DemoAccount,
    serial: int,
    account_id: int,
    home: Home,
    vault: Vault,
    session: Session,
    clock: Clock,
) -> list[tuple[int, str]]:
    """Register a resident with spouse and child; gives person ids and relations."""
    family = [(resident.name, "self")]
    family += [(_SPOUSES[resident.login], "spouse")] if resident.login in _SPOUSES else []
    family += [(_CHILDREN[resident.login], "child")] if resident.login in _CHILDREN else []
    found = []
    for member, (name, relation) in enumerate(family):
        is_tenant = relation == "self"
        new = NewPerson(
            name=name,
            national_id=national_id(serial, member),
            born_on=_birthday(serial, member, is_child=relation == "child"),
            mobile=f"0900000{serial:03}" if is_tenant else "",
            email=f"{resident.login}@example.org" if is_tenant else "",
            registered_address=home.address,
            account_id=account_id if is_tenant else None,
        )
        person_id = persons.find_or_register(
            new, vault=vault, is_demo=True, session=session, clock=clock
        )
        found.append((person_id, relation))
    if resident.login not in SERVED_BY_POST:
        persons.agree_to_electronic_service(found[0][0], clock.now(), session=session)
    return found


def _birthday(serial: int, member: int, *, is_child: bool) -> date:
    year = chance.between(2012, 2020, "child", serial) if is_child else 0
    year = year or chance.between(1972, 1992, "born", serial, member)
    month = chance.between(1, 12, "month", serial, member)
    return date(year, month, chance.between(1, 28, "day", serial, member))


def _sign(
    resident: DemoAccount,
    unit: Unit,
    family: Iterable[tuple[int, str]],
    session: Session,
) -> int:
    tenant, *others = family
    start_on = STARTED_ON.get(resident.login, MOVED_IN_ON)
    clock = FrozenClock(datetime.combine(start_on, SIGNED_AT, tzinfo=TAIPEI))
    new = NewLease(
        key=f"demo:{resident.login}",
        unit_id=unit.id,
        tenant_id=tenant[0],
        start_on=start_on,
        rent_twd=rent_of(unit),
        deposit_twd=2 * rent_of(unit),
        co_residents=tuple(CoResident(person_id=each, relation=how) for each, how in others),
    )
    lease_id = leases.sign(new, by=SYSTEM, session=session, clock=clock)
    deposit = Movement(
        lease_id=lease_id,
        kind="paid",
        amount_twd=new.deposit_twd,
        key=f"demo:{resident.login}:deposit",
        reason="簽約時繳納",
    )
    leases.record_deposit(deposit, by=SYSTEM, session=session, clock=clock)
    return lease_id


def _furnish(lease_id: int, unit: Unit, resident: DemoAccount, session: Session) -> None:
    """Make the entry sheet of a home from its asset register."""
    new = NewSheet(
        unit_id=unit.id,
        kind="entry",
        held_on=MOVED_IN_ON,
        key=f"demo:{resident.login}:entry",
        lease_id=lease_id,
    )
    sheet_id = places.open_sheet(new, session=session)
    serial = chance.between(100, 900, "meter", unit.id)
    places.finish_sheet(
        sheet_id,
        meters={"water": f"{serial}", "electric": f"{serial * 7}", "gas": f"{serial // 3}"},
        keys=[
            {"kind": "key", "serial": f"K-{unit.code}", "count": 2},
            {"kind": "fob", "serial": f"F-{unit.code}", "count": 2},
        ],
        signatures=[
            {"role": "resident", "name": resident.name, "at": "2024-04-01T10:00:00+08:00"},
            {"role": "property_manager", "name": "張守成", "at": "2024-04-01T10:05:00+08:00"},
        ],
        session=session,
    )


def _owe(lease_id: int, resident: DemoAccount, unit: Unit, session: Session, clock: Clock) -> None:
    """Charge the rent of the newest months to those who did not pay it."""
    today = local_date(clock.now())
    for back in range(IN_ARREARS.get(resident.login, 0), 0, -1):
        month = today.year * 12 + today.month - 1 - back
        due_on = date(month // 12, month % 12 + 1, 15)
        charge = Movement(
            lease_id=lease_id,
            kind="rent",
            amount_twd=rent_of(unit),
            key=f"demo:{resident.login}:rent:{back}",
            reason=f"{republic_year(due_on)}年{due_on.month}月租金",
        )
        leases.charge(charge, due_on, session=session, clock=clock)
