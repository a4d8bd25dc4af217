"""The long work of simulating a draft against the version in service."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import definition_queries
from engine.deployments import content_hash
from engine.records import ProcessDefinition
from housing.bootstrap import Application
from housing.drafts import queries as drafts
from housing.insight import service, simulating
from housing.insight.assumptions import Assumptions


def run(
    application: Application, params: Mapping[str, Any], report: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    """Simulate a draft as it stands now and keep what it shows.

    Args:
        application: the house.
        params: draft_id, assumptions (JSON of `Assumptions`).
        report: takes runs done, runs in all, and words.

    Raises:
        DraftNotFound: the draft is gone.
        DiagramUnreadable: its files hold no process that can be read.
    """
    given = Assumptions.from_json(params["assumptions"])
    now = application.clock.now()
    with application.reading() as session:
        draft = drafts.draft(params["draft_id"], session=session)
        files = drafts.files(draft.id, session=session)
        base = in_service(draft.process_key, session)
        prepared = simulating.prepare(files, draft.process_key, base, session=session, now=now)
    result = simulating.simulate(
        prepared, given, lambda done, total: report(done, total, draft.title)
    )
    with application.unit_of_work() as session:
        run_id = service.keep(
            draft.process_key,
            content_hash(files),
            None if base is None else base.id,
            given=given,
            result=result,
            session=session,
            clock=application.clock,
        )
    return {"run_id": run_id}


def in_service(process_key: str, session: Session) -> ProcessDefinition | None:
    """Find the version in service; None while there is none."""
    versions = definition_queries.definitions(session, process_key)
    return versions[0] if versions else None
