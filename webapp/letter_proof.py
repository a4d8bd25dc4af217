"""The form by which staff enter the proof that a letter was served."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

import flask
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from engine.calendar import TAIPEI
from engine.errors import Invalid
from forms.dates import parse_day
from housing.files.rules import DOCUMENTS
from housing.files.service import PreparedFile, attach
from housing.letters import service
from housing.letters.queries import LetterView
from housing.letters.rules import ENTERED_PROOFS
from housing.letters.service import Proof
from webapp import current, uploads
from webapp.errors import sentence

LONGEST_NOTE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What was typed, and what is wrong with it by name of the field.

    Attributes:
        on: day of service as typed, in either calendar.
        file: a scan or photo of the receipt; None without one.
    """

    kind: str = ""
    on: str = ""
    note: str = ""
    file: FileStorage | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def receive() -> Entry:
    """Read and check the posted form."""
    posted = flask.request.form
    kind, on, note = posted.get("kind", ""), posted.get("on", "").strip(), posted.get("note", "")
    file = flask.request.files.get("evidence")
    errors = {}
    if kind not in ENTERED_PROOFS:
        errors["kind"] = _("Choose how the letter was served.")
    if parse_day(on) is None:
        errors["on"] = _("Write the day of service, such as 115/03/05 or 2026-03-05.")
    if len(note) > LONGEST_NOTE:
        errors["note"] = _("At most %(count)d characters.", count=LONGEST_NOTE)
    return Entry(
        kind=kind,
        on=on,
        note=note.strip(),
        file=file if file and file.filename else None,
        errors=errors,
    )


def save(letter: LetterView, entry: Entry) -> Mapping[str, str]:
    """Write the proof down, with its file bound to the case.

    Returns:
        What is wrong, by name of the field; empty when it was saved.
    """
    application, actor = current.application(), current.actor()
    moment = _moment(entry.on)
    if moment is None:
        return {"on": _("Write the day of service, such as 115/03/05 or 2026-03-05.")}
    field_name = "evidence"
    try:
        ready = _prepared(entry.file)
        field_name = "on"
        with application.unit_of_work() as session:
            file_id = None
            if ready is not None and letter.instance_id is not None:
                file_id = application.files.record(ready, by=actor, session=session).id
                attach([file_id], letter.instance_id, by=actor, session=session)
            proof = Proof(kind=entry.kind, moment=moment, evidence_file_id=file_id, note=entry.note)
            service.prove_service(
                letter.id,
                proof,
                by=actor,
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except Invalid as error:
        return {field_name: sentence(error)}
    return {}


def _prepared(file: FileStorage | None) -> PreparedFile | None:
    if file is None:
        return None
    return uploads.prepare(file, DOCUMENTS)


def _moment(text: str) -> datetime | None:
    """Take the day's first instant in Taipei: the day of service is never counted itself."""
    day = parse_day(text)
    return None if day is None else datetime.combine(day, time(), tzinfo=TAIPEI)
