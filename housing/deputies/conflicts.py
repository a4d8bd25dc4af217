"""Conflicts of interest: who may not act on a task although he stands in, or was asked to help.

Two rules. Four eyes: whoever did the first check does not do the second, neither himself nor
through somebody who acts for him. Recusal (行政程序法 art. 32): nobody acts in a case in which he
or his household is a party.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session, aliased

from engine.errors import NotAllowed
from engine.records import UserTask
from engine.types import Actor
from housing.applications.models import HousingApplication
from housing.deputies.errors import DeputyIsParty
from housing.leases.models import LeaseParty
from housing.people import queries as people
from housing.persons.models import HouseholdMember, Person
from housing.records.models import CaseParty
from housing.records.rules import account_party
from housing.subjects import check_person

_OWN_RELATIONS = ("household", "tenant")
_OWN_ROLES = frozenset({"resident", "applicant"})


def demand_unbiased(task: UserTask, by: Actor, *, session: Session) -> None:
    """Refuse a person who has a conflict of interest, naming the rule.

    Args:
        task: to be done.
        by: who wants to do it, perhaps on behalf of somebody.
        session: any.

    Raises:
        NotAllowed: of the subject, such as the second of four eyes.
        DeputyIsParty: he or his household is a party of the case.
    """
    check_person(task, by, session=session)
    if tied_cases(by.id, [task.instance_id], session=session):
        raise DeputyIsParty


def is_unbiased(task: UserTask, by: Actor, tied: Collection[str], *, session: Session) -> bool:
    """Tell whether somebody may do a task.

    Args:
        task: to be done.
        by: who wants to do it, perhaps on behalf of somebody.
        tied: the cases that he is a party of, as `tied_cases` gives them.
        session: any.
    """
    if task.instance_id in tied:
        return False
    try:
        check_person(task, by, session=session)
    except NotAllowed:
        return False
    return True


def tied_cases(account_id: str, instance_ids: Iterable[str], *, session: Session) -> frozenset[str]:
    """Find the cases among some that a person or his household is a party of.

    A manager who reports a repair for a resident is no party; a resident who reports one is.
    """
    wanted = list(instance_ids)
    found = people.accounts([account_id], session=session)
    if not wanted or not found:
        return frozenset()
    kin = _household(found[0].id, session)
    accounts = {each.account_id for each in kin if each.account_id} - {found[0].id}
    reported = (*_OWN_RELATIONS, "reporter")
    relations = reported if found[0].roles & _OWN_ROLES else _OWN_RELATIONS
    own = (CaseParty.party == account_party(account_id)) & CaseParty.relation.in_(relations)
    theirs = CaseParty.party.in_(
        [account_party(each) for each in accounts]
    ) & CaseParty.relation.in_(reported)
    parties = select(CaseParty.instance_id).where(
        CaseParty.instance_id.in_(wanted), or_(own, theirs)
    )
    applications = select(HousingApplication.instance_id).where(
        HousingApplication.instance_id.in_(wanted),
        HousingApplication.person_id.in_([each.id for each in kin]),
    )
    return frozenset(each for each in session.scalars(union(parties, applications)) if each)


def _household(account_id: int, session: Session) -> list[Person]:
    """List the person of an account and those who share a household or a lease with him."""
    me = select(Person.id).where(Person.account_id == account_id)
    mine, members = aliased(HouseholdMember), aliased(HouseholdMember)
    lease, parties = aliased(LeaseParty), aliased(LeaseParty)
    together = union(
        me,
        select(members.person_id)
        .join(mine, mine.household_id == members.household_id)
        .where(mine.person_id.in_(me)),
        select(parties.person_id)
        .join(lease, lease.lease_id == parties.lease_id)
        .where(lease.person_id.in_(me)),
    )
    return list(session.scalars(select(Person).where(Person.id.in_(together))))
