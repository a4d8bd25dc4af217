"""Which past decisions a draft would make differently: at once for few, as long work for many."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import decision_replay
from engine.decision_replay import Redecided
from engine.decisions import parse_decisions
from housing.bootstrap import Application
from housing.drafts import queries as drafts
from housing.replays import Replayed, ReplayedCase

KIND = "decision_replay"
AT_ONCE = 1_000
"""So many past decisions are made again while somebody waits."""

MOST_LISTED = 500
"""So many cases whose result would differ are listed; all are counted."""


def replay(
    content: bytes,
    decision_id: str,
    session: Session,
    report: Callable[[int, int, str], None] | None = None,
) -> Replayed:
    """Make every past decision again by another table.

    Args:
        content: the DMN file as it would be.
        decision_id: of the decision.
        session: reads history and calendars.
        report: takes decisions done, decisions in all, and words.

    Raises:
        DeploymentRefused: the file cannot be read.
        DecisionFailed: it holds no such decision.
    """
    total = decision_replay.count_past(decision_id, session)
    counts = dict.fromkeys(("same", "changed", "failed", "unknown"), 0)
    listed: list[ReplayedCase] = []
    model = parse_decisions(content)
    model.reads(decision_id)
    for done, each in enumerate(decision_replay.replay_all(model, decision_id, session), start=1):
        counts[each.outcome] += 1
        if each.outcome != "same" and len(listed) < MOST_LISTED:
            listed.append(_case(each))
        if report is not None:
            report(done, total, each.past.business_key)
    return Replayed(**counts, cases=tuple(listed))


def run(
    application: Application, params: Mapping[str, Any], report: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    """Make past decisions again as long work.

    Args:
        application: the house.
        params: draft_id, file, decision_id.
        report: takes decisions done, decisions in all, and words.

    Raises:
        DraftFileNotFound: the draft or its file is gone.
        DeploymentRefused, DecisionFailed: as `replay`.
    """
    with application.reading() as session:
        file = drafts.file(params["draft_id"], params["file"], session=session)
        found = replay(file.content, params["decision_id"], session, report)
    return {**found.as_json(), "revision": file.revision}


def _case(each: Redecided) -> ReplayedCase:
    return ReplayedCase(
        number=each.past.business_key,
        at=each.past.at,
        element_name=each.past.element_name,
        outcome=each.outcome,
        before=each.past.output,
        after=each.output,
        reason=each.reason,
    )
