"""Facts of an announcement by plain names, for scenarios."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from housing.announcements.desk import receipts_of, row_by_number

KINDS = frozenset({"announcement", "receipts"})
"""The kinds of facts below."""


def facts(number: str, *, session: Session, now: datetime) -> Mapping[str, Mapping[str, object]]:
    """Tell how an announcement and its readers stand."""
    del now
    row = row_by_number(number, session=session)
    receipts = receipts_of(row, session=session)
    counts = Counter(
        name
        for each in receipts
        for name, is_so in (
            ("read", each.read_at),
            ("acknowledged", each.acknowledged_at),
            ("reminded", each.reminded_at),
        )
        if is_so
    )
    return {
        "announcement": {
            "state": row.state,
            "version": row.version,
            "title": row.title,
            "receivers": row.receivers,
            "published_at": row.published_at,
            "ends_at": row.ends_at,
            "ended_at": row.ended_at,
            "end_reason": row.end_reason,
            "returned": row.returned_count,
        },
        "receipts": {
            "told": sum(each.is_told for each in receipts),
            "read": counts["read"],
            "acknowledged": counts["acknowledged"],
            "reminded": counts["reminded"],
        },
    }
