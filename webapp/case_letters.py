"""The letters of a case, for those whose business they are."""

from dataclasses import dataclass

from engine.errors import InstanceNotFound
from engine.records import Instance
from housing.cases.rules import Viewer
from housing.letters import queries
from housing.letters.errors import LetterNotFound
from housing.letters.queries import LetterView
from housing.persons.queries import person_of_account
from housing.places.rules import contractor_scope
from webapp import case_access, current


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterAccess:
    """A letter and how this request's person stands to it."""

    letter: LetterView
    is_staff: bool
    is_addressee: bool


def of_case(case: Instance, viewer: Viewer) -> tuple[LetterView, ...]:
    """List the letters of a case: staff see all, others those that were sent to them."""
    with current.application().reading() as session:
        letters = queries.letters_of(case.id, session=session)
    if viewer.is_staff:
        return tuple(letters)
    return tuple(each for each in letters if each.sent_at and _is_addressee(each))


def find(letter_id: int) -> LetterAccess:
    """Find a letter that this request's person may read.

    Raises:
        LetterNotFound: there is none, or it is no business of his; the same for both.
    """
    with current.application().reading() as session:
        letter = queries.letter(letter_id, session=session)
    is_addressee = letter.sent_at is not None and _is_addressee(letter)
    is_staff = _is_staff(letter)
    if not (is_addressee or is_staff):
        raise LetterNotFound(str(letter_id))
    return LetterAccess(letter=letter, is_staff=is_staff, is_addressee=is_addressee)


def _is_staff(letter: LetterView) -> bool:
    try:
        return case_access.find(letter.case_number).viewer.is_staff
    except InstanceNotFound:
        return False


def _is_addressee(letter: LetterView) -> bool:
    actor = current.actor()
    if letter.contractor_code is not None:
        return actor.belongs_to("contractor", contractor_scope(letter.contractor_code))
    with current.application().reading() as session:
        person = person_of_account(current.account().id, session=session)
    return person is not None and person.id == letter.person_id
