"""Read the running cases of one person, each with how far it is: for the start page."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.queries import InstanceFilter, Page
from housing.progress.queries import FOLLOWED, OWN, Past, Progress, progress
from housing.records.models import CaseParty
from housing.records.rules import account_party

RUNNING = frozenset({"active", "suspended"})


def running(account_id: int, *, limit: int, session: Session, now: datetime) -> Page[Progress]:
    """List a person's running cases that have milestones, newest first; care is never among them.

    Args:
        account_id: reporter, applicant, tenant or member of the household.
        limit: so many are read; the total counts all.
        session: any.
        now: business instant.
    """
    found = engine_queries.instances(
        InstanceFilter(
            ids=_ids_of(account_id, session),
            process_keys=FOLLOWED,
            statuses=RUNNING,
            limit=limit,
        ),
        session,
    )
    past = Past(session, now)
    rows = tuple(progress(case, past, session=session) for case in found.rows)
    return Page(rows=rows, total=found.total, offset=0, limit=limit)


def _ids_of(account_id: int, session: Session) -> Sequence[str]:
    own = select(CaseParty.instance_id).where(
        CaseParty.party == account_party(account_id), CaseParty.relation.in_(OWN)
    )
    return session.scalars(own).all()
