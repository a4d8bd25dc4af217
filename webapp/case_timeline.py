"""What happened in a case, by day, with the answers handed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from engine import definition_queries
from engine.calendar import local_date
from engine.errors import DefinitionNotFound
from forms import schema, words
from forms.schema import Form
from forms.words import Answer
from housing.cases.actions import REASON_FORM, REASON_KEY
from housing.cases.queries import Submitted, TimelineEntry
from webapp import current, model_words

SYSTEM_KINDS = frozenset(
    {
        "task_created",
        "service_done",
        "script_done",
        "decision_made",
        "end_reached",
        "message_thrown",
        "message_expired",
    }
)
"""Lines of the timeline that are shown on demand only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One line of the timeline with the answers handed in with it.

    Attributes:
        until, before: new and former due date of an extended deadline.
    """

    entry: TimelineEntry
    answers: tuple[Answer, ...]
    until: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The lines of one calendar day in Taipei, newest first."""

    on: date
    moments: tuple[Moment, ...]


def days_of(entries: Iterable[TimelineEntry], definition_id: str) -> tuple[Day, ...]:
    """Put the lines of a case's timeline into days, newest first."""
    moments: dict[date, list[Moment]] = {}
    for entry in sorted(entries, key=lambda each: each.at, reverse=True):
        moment = Moment(
            entry=entry,
            answers=_answers(entry.form, definition_id),
            until=_instant(entry.details.get("until") or entry.details.get("new")),
            before=_instant(entry.details.get("from") or entry.details.get("old")),
        )
        moments.setdefault(local_date(entry.at), []).append(moment)
    return tuple(Day(on=on, moments=tuple(found)) for on, found in moments.items())


def _instant(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _answers(submitted: Submitted | None, definition_id: str) -> tuple[Answer, ...]:
    if submitted is None:
        return ()
    form = _deployed_form(submitted.form_key, definition_id)
    if form is None:
        return ()
    return words.answers(
        model_words.say_form(form),
        model_words.say_values(form, submitted.values),
        separator=model_words.separator(),
    )


def _deployed_form(form_key: str, definition_id: str) -> Form | None:
    """Read a form in the version of the case; None for one the version was deployed without."""
    if form_key == REASON_KEY:
        return REASON_FORM
    with current.application().reading() as session:
        try:
            text = definition_queries.resource(definition_id, f"forms/{form_key}.json", session)
        except DefinitionNotFound:
            return None
    return schema.load(text)
