"""Items of an exit sheet that are not in the home's register: added on the tablet, or taken out."""

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.files.service import attach
from housing.move_outs.desk import case_by_number, exit_sheet
from housing.move_outs.errors import ItemIncomplete, ItemNameMissing, TooManyItems
from housing.move_outs.handover import GOOD, ROOMS, Finding, details_of
from housing.move_outs.rules import CONDITIONS_OF_FINDINGS, problems_of_item
from housing.move_outs.service import open_sheet
from housing.places import service as places
from housing.places.service import NewItem

LONGEST_NAME = 100
MOST_ADDED = 40
"""So many items may be added: more belong into the register."""


def add(  # noqa: PLR0913  # what was found where, by whom
    number: str,
    name: str,
    room: str,
    found: Finding,
    *,
    by: Actor,
    session: Session,
    clock: Clock,
) -> int:
    """Add an item that is not in the register, with what was found of it.

    Args:
        number: of the case.
        name: what it is, as it stands on the sheet.
        room: a key of `handover.ROOMS`; anything else is no room.
        found: as for items of the register; a price without a damage is left out.
        by: who adds it.
        session: of the unit of work.
        clock: tells the day of a sheet that begins with this item.

    Returns:
        The id of its line.

    Raises:
        ItemNameMissing: it has no name, or a very long one.
        ItemIncomplete: nothing was found, a damage without photo or price, a dispute without
            reason.
        TooManyItems: the sheet holds MOST_ADDED of them.
        SheetFinal: the sheet was signed.
        FileNotYours: a photo is somebody else's.
    """
    case = case_by_number(number, session=session)
    sheet_id = open_sheet(number, session=session, clock=clock)
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise ItemNameMissing(LONGEST_NAME)
    sheet = exit_sheet(case, session=session)
    if sheet and sum(each.asset_id is None for each in sheet.items) >= MOST_ADDED:
        raise TooManyItems(MOST_ADDED)
    details = details_of(found)
    problems = problems_of_item(details, found.photos)
    if problems:
        raise ItemIncomplete(problems[0])
    attach(found.photos, case.instance_id or "", by=by, session=session)
    new = NewItem(
        name=name.strip(),
        room=room if room in ROOMS else "",
        condition=CONDITIONS_OF_FINDINGS.get(found.finding, GOOD),
        remark=found.remark,
        photos=found.photos,
        details=details,
    )
    return places.add_item(sheet_id, new, session=session)


def remove(number: str, item_id: int, *, session: Session, clock: Clock) -> None:
    """Take an added item out again; its photos stay with the case.

    Raises:
        ItemNotFound: there is none, or it is of the register.
        SheetFinal: the sheet was signed.
    """
    sheet_id = open_sheet(number, session=session, clock=clock)
    places.remove_item(sheet_id, item_id, session=session)
