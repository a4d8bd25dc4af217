"""Who may open a case. To everybody else it does not exist: the answer is the same as for none."""

from dataclasses import dataclass

from engine import queries
from engine.errors import InstanceNotFound
from engine.records import Instance
from housing.cases.errors import CaseNotYours
from housing.cases.queries import may_see, viewer_of
from housing.cases.rules import Viewer
from webapp import current


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """A case and how this request's person stands to it."""

    case: Instance
    viewer: Viewer


def find(number: str) -> Access:
    """Find a case that this request's person may open.

    Raises:
        InstanceNotFound: there is none of this number, or it is no business of his.
    """
    with current.application().reading() as session:
        case = queries.by_business_key(number, session)
        try:
            return Access(case=case, viewer=viewer_of(current.actor(), case, session=session))
        except CaseNotYours as error:
            raise InstanceNotFound(number) from error


def may_open(instance_id: str | None) -> bool:
    """Tell whether this request's person may open a case."""
    if instance_id is None:
        return False
    with current.application().reading() as session:
        return may_see(current.actor(), queries.instance(instance_id, session), session=session)


def works_on(instance_id: str | None) -> bool:
    """Tell whether this request's person stands to a case as its staff."""
    if instance_id is None:
        return False
    with current.application().reading() as session:
        case = queries.instance(instance_id, session)
        try:
            return viewer_of(current.actor(), case, session=session).is_staff
        except CaseNotYours:
            return False


def find_as_staff(number: str) -> Access:
    """Find a case on which this request's person works.

    Raises:
        InstanceNotFound: there is none of this number, or he does not work on it.
    """
    access = find(number)
    if not access.viewer.is_staff:
        raise InstanceNotFound(number)
    return access
