"""The sources of a case's timeline: history with answers, notes, letters, files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import definition_queries, sla_queries
from engine.calendars import calendar_at
from engine.errors import DefinitionNotFound
from engine.records import Instance
from forms import schema, words
from forms.schema import Form
from forms.words import Answer
from housing.attachments import queries as attachments
from housing.attachments.queries import Attachment
from housing.cases.actions import REASON_FORM, REASON_KEY
from housing.cases.queries import Submitted, TimelineEntry, timeline
from housing.cases.rules import Viewer
from housing.dispatches import views as dispatches
from housing.letters.queries import LetterView
from housing.notes import queries as notes
from housing.notes import rules as note_rules
from webapp import case_letters, clock_days, current, model_words
from webapp.case_timeline import (
    CONTACTS,
    DOCUMENTS,
    FAMILIES,
    NOTES,
    SYSTEM_KINDS,
    AnswerLine,
    Decided,
    FileLine,
    LetterLine,
    Moment,
    NoteLine,
    QuestionLine,
    Stream,
    Wanted,
    families_of,
    stream_of,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """For whom a timeline is told: this request's person, as he stands to the case."""

    case: Instance
    viewer: Viewer

    @property
    def offered(self) -> tuple[str, ...]:
        """The chips he gets; notes are the office's."""
        return FAMILIES if self.viewer.is_staff else tuple(f for f in FAMILIES if f != NOTES)


def read(case: Instance, viewer: Viewer, wanted: Wanted) -> Stream:
    """Tell what happened in a case to this request's person."""
    reader, application = Reader(case=case, viewer=viewer), current.application()
    moments = list(_moments(reader))
    with application.reading() as session:
        clocks = sla_queries.clocks_of(case.id, session)
        calendar = calendar_at(case.scope, application.clock.now(), session)
    told = [each for each in clocks if viewer.is_staff or _is_statutory(each.rule)]
    return stream_of(
        moments,
        wanted,
        offered=reader.offered,
        clock_of=lambda on: clock_days.day_of(told, on, calendar),
    )


def _is_statutory(rule: Mapping[str, object]) -> bool:
    return bool(rule.get("rolling"))


def _moments(reader: Reader) -> Iterator[Moment]:
    case, viewer, application = reader.case, reader.viewer, current.application()
    with application.reading() as session:
        entries = timeline(case.id, viewer, session=session)
        files = attachments.of_case(case.id, is_staff=viewer.is_staff, session=session)
    yield from (_of_history(entry, case.definition_id) for entry in entries)
    yield from _of_letters(case_letters.of_case(case, viewer))
    yield from _of_files(files)
    if viewer.is_staff:
        yield from _of_notes(case)
        yield from _of_dispatches(case)


def _of_history(entry: TimelineEntry, definition_id: str) -> Moment:
    answers = _answers(entry.form, definition_id)
    return Moment(
        at=entry.at,
        families=families_of(entry.kind, has_files=any(each.file_ids for each in answers)),
        is_system=entry.kind in SYSTEM_KINDS,
        entry=entry,
        answers=answers,
        until=_instant(entry.details.get("until") or entry.details.get("new")),
        before=_instant(entry.details.get("from") or entry.details.get("old")),
        decided=_decided(entry) if entry.kind == "decision_made" else None,
    )


def _of_letters(letters: Iterable[LetterView]) -> Iterator[Moment]:
    families = frozenset({CONTACTS, DOCUMENTS})
    for letter in letters:
        for at, is_served in ((letter.sent_at, False), (letter.served_at, True)):
            if at is not None:
                line = LetterLine(letter=letter, is_served=is_served)
                yield Moment(at=at, families=families, letter=line)


def _of_files(files: Iterable[Attachment]) -> Iterator[Moment]:
    families = frozenset({DOCUMENTS})
    for file in files:
        line = FileLine(attachment=file, is_removal=False)
        yield Moment(at=file.added_at, families=families, file=line)
        if file.removed_at is not None:
            removal = FileLine(attachment=file, is_removal=True)
            yield Moment(at=file.removed_at, families=families, file=removal)


def _of_notes(case: Instance) -> Iterator[Moment]:
    application, by = current.application(), current.actor()
    now = application.clock.now()
    with application.reading() as session:
        found = notes.of_case(case, by, vault=application.vault, session=session)
    for note in found:
        stands = note.removed_at is None
        line = NoteLine(
            note=note,
            may_edit=stands and note_rules.may_edit(note.author_id, note.written_at, by, now),
            may_remove=stands and note_rules.may_remove(note.author_id, case.scope, by),
        )
        yield Moment(at=note.written_at, families=frozenset({NOTES}), note=line)


def _of_dispatches(case: Instance) -> Iterator[Moment]:
    with current.application().reading() as session:
        asked = dispatches.of_parent(case.id, session=session)
    families = frozenset({CONTACTS})
    for each in asked:
        question = QuestionLine(dispatch=each)
        yield Moment(at=each.asked_at, families=families, question=question)
        for answer in each.answers:
            line = AnswerLine(number=each.number, answer=answer)
            yield Moment(at=answer.at, families=families, answer=line)


def _decided(entry: TimelineEntry) -> Decided:
    details = entry.details
    rules, inputs, output = (details.get(k) for k in ("matched_rules", "inputs", "output"))
    outputs = output if isinstance(output, Mapping) else {"": output}
    return Decided(
        rules=tuple(map(str, rules)) if isinstance(rules, list | tuple) else (),
        inputs=tuple(inputs.items()) if isinstance(inputs, Mapping) else (),
        outputs=tuple((str(name), value) for name, value in outputs.items()),
    )


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
