"""Change the scenarios of a draft: record anew what they expect, set them aside, take them up."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.drafts import queries as drafts
from housing.drafts import service
from housing.drafts.errors import DraftFileNotFound, DraftReasonMissing
from housing.scenario_adoption import adopt as adopted
from housing.scenario_checks import Mismatch
from housing.scenario_runs.rules import Outcome
from housing.scenarios import FOLDER, SET_ASIDE, programme_of

MAX_REASON = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Editing:
    """Who edits the scenarios of which draft, and with what."""

    draft_id: str
    by: Actor
    session: Session
    clock: Clock


def scenarios_of(draft_id: str, session: Session) -> Mapping[str, Mapping[str, Any]]:
    """Read the scenarios of a draft by id, as in their files.

    Raises:
        DraftNotFound: there is no such draft.
    """
    draft = drafts.draft(draft_id, session=session)
    files = drafts.files(draft_id, session=session)
    found = programme_of(draft.package, files).scenarios
    return {str(each.get("id")): each for each in found}


def adopt(outcomes: Sequence[Outcome], editing: Editing) -> int:
    """Let scenarios expect what the draft does: of those whose acts could all be played.

    Args:
        outcomes: of a run of this very content; others than failed ones are passed over.
        editing: of an open draft.

    Returns:
        How many were recorded anew.

    Raises:
        DraftNotInState, DraftConflict: as `housing.drafts.service.save_file`.
    """
    known = scenarios_of(editing.draft_id, editing.session)
    chosen = [each for each in outcomes if each.can_adopt and each.id in known]
    for outcome in chosen:
        found = [
            Mismatch(
                step=each.act.step,
                key=each.key,
                name=each.name,
                expected=each.expected,
                actual=each.actual,
            )
            for each in outcome.differences
        ]
        _save(outcome.id, adopted(known[outcome.id], found), editing)
    return len(chosen)


def set_aside(ids: Collection[str], reason: str, editing: Editing) -> int:
    """Set scenarios aside: they are not played, and the approver reads why.

    Raises:
        DraftReasonMissing: nothing says why.
        DraftNotInState, DraftConflict: as `housing.drafts.service.save_file`.
    """
    text = " ".join(reason.split())[:MAX_REASON]
    if not text:
        raise DraftReasonMissing
    known = scenarios_of(editing.draft_id, editing.session)
    mark = {"reason": text, "by": editing.by.name, "at": editing.clock.now().isoformat()}
    chosen = [each for each in ids if each in known]
    for each in chosen:
        _save(each, {**known[each], SET_ASIDE: mark}, editing)
    return len(chosen)


def take_up(ids: Collection[str], editing: Editing) -> int:
    """Play scenarios again that were set aside."""
    known = scenarios_of(editing.draft_id, editing.session)
    chosen = [each for each in ids if SET_ASIDE in known.get(each, {})]
    for each in chosen:
        raw = {key: value for key, value in known[each].items() if key != SET_ASIDE}
        _save(each, raw, editing)
    return len(chosen)


def add(scenario_id: str, content: bytes, editing: Editing) -> None:
    """Add a scenario to a draft.

    Raises:
        DraftNotInState, DraftConflict: as `housing.drafts.service.save_file`.
    """
    _write(scenario_id, content, editing)


def _save(scenario_id: str, raw: Mapping[str, Any], editing: Editing) -> None:
    _write(scenario_id, json.dumps(raw, ensure_ascii=False, indent=2).encode(), editing)


def _write(scenario_id: str, content: bytes, editing: Editing) -> None:
    name = f"{FOLDER}{scenario_id}.json"
    service.save_file(
        editing.draft_id,
        name,
        content,
        revision=_revision(name, editing),
        by=editing.by,
        session=editing.session,
        clock=editing.clock,
    )


def _revision(name: str, editing: Editing) -> int | None:
    """Read the revision of a scenario that the draft holds itself; None for a shipped one."""
    try:
        return drafts.file(editing.draft_id, name, session=editing.session).revision
    except DraftFileNotFound:
        return None
