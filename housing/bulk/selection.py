"""What was chosen: single tasks, or all of a view with its filters, kept as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import inbox, queries
from engine.inbox import Cut, Listing, Narrowing, Reader
from engine.records import UserTask
from engine.types import Actor
from housing.bulk.errors import BatchEmpty, BatchTooLarge
from housing.bulk.rules import MOST
from housing.cases import search

_MADE_ANEW = frozenset({"search", "actor", "now"})
"""Parts of a listing and its reader that are made anew when it is resolved."""


def of_tasks(task_ids: Sequence[str]) -> dict[str, Any]:
    """Keep single tasks.

    Raises:
        BatchEmpty, BatchTooLarge: none, or too many.
    """
    ids = list(dict.fromkeys(task_ids))
    _check(len(ids))
    return {"ids": ids}


def of_view(listing: Listing, reader: Reader, session: Session) -> dict[str, Any]:
    """Keep a view with its filters; what it shows is read again when the order is confirmed.

    Raises:
        BatchEmpty, BatchTooLarge: it shows nothing, or too much.
    """
    count = inbox.count(listing, reader, session)
    _check(count)
    return {
        "view": listing.view,
        "sort": listing.sort,
        "narrowing": _plain(listing.narrowing),
        "words": listing.narrowing.search.words if listing.narrowing.search else "",
        "reader": _plain(reader),
        "count": count,
    }


def resolve(
    kept: Mapping[str, Any], by: Actor, now: datetime, session: Session
) -> tuple[UserTask, ...]:
    """Read the tasks of a selection as it stands now, in its order; unknown ones are left out."""
    if "ids" in kept:
        return tuple(_known(kept["ids"], session))
    narrowing = Narrowing(
        **_typed(kept["narrowing"]), search=search.search_for(kept["words"], by, session)
    )
    listing = Listing(view=kept["view"], narrowing=narrowing, sort=kept["sort"])
    reader = Reader(actor=by, now=now, **_typed(kept["reader"]))
    return inbox.page(listing, Cut(limit=MOST), reader, session)


def _check(count: int) -> None:
    if not count:
        raise BatchEmpty
    if count > MOST:
        raise BatchTooLarge(count, MOST)


def _known(ids: Sequence[str], session: Session) -> list[UserTask]:
    found = {each.id: each for each in queries.tasks(ids, session)}
    return [found[each] for each in ids if each in found]


def _plain(part: Narrowing | Reader) -> dict[str, Any]:
    """Write the plain parts as JSON; an instant as a mapping, to be told from a text."""
    found = {}
    for name in (each.name for each in fields(part) if each.name not in _MADE_ANEW):
        value = getattr(part, name)
        found[name] = {"at": value.isoformat()} if isinstance(value, datetime) else value
    return found


def _typed(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in kept.items()}


def _value(kept: object) -> object:
    if isinstance(kept, dict):
        return datetime.fromisoformat(kept["at"])
    return tuple(kept) if isinstance(kept, list) else kept
