"""What the pages of an exit handover read and post: who may, the item, readings, signatures."""

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass

import flask

from engine import queries as engine_queries
from engine.calendar import local_date
from engine.queries import TaskFilter
from engine.records import Instance, UserTask
from housing.files.errors import FileEmpty, FileRefused
from housing.files.rules import PICTURES
from housing.files.service import PreparedFile
from housing.move_outs import handover
from housing.move_outs.errors import MoveOutNotFound, NoHandoverNow
from housing.move_outs.handover import Finding, Handover
from housing.move_outs.rules import FINDINGS, KEY_KINDS, METERS
from housing.move_outs.service import PROCESS
from webapp import case_access, current, uploads

ELEMENT = "handover"
MANAGERS = ("property_manager", "property_manager_lead")
MAX_NUMBER = 9_999_999
MAX_TEXT = 300
MAX_KEYS = 12
PNG_PREFIX = "data:image/png;base64,"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoverPage:
    """What the page shows.

    Attributes:
        task: the open task of the handover, or None.
        can_write: this person may fill the sheet in now.
    """

    case: Instance
    handover: Handover
    task: UserTask | None
    can_write: bool


def read(number: str) -> HandoverPage:
    """Read the exit handover of a case that this request's person may open.

    Raises:
        InstanceNotFound: there is none, or it is no business of his.
        MoveOutNotFound: the case is no move-out.
    """
    access, application = case_access.find(number), current.application()
    if access.case.process_key != PROCESS or not access.viewer.is_staff:
        raise MoveOutNotFound(number)
    today = local_date(application.clock.now())
    with application.reading() as session:
        found = handover.read(number, session=session, today=today)
        wanted = TaskFilter(instance_id=access.case.id, element_id=ELEMENT)
        tasks = engine_queries.open_tasks(wanted, session).rows
    is_manager = any(current.actor().belongs_to(role, access.case.scope) for role in MANAGERS)
    is_final = found.sheet is not None and found.sheet.is_final
    return HandoverPage(
        case=access.case,
        handover=found,
        task=tasks[0] if tasks else None,
        can_write=is_manager and bool(tasks) and not is_final,
    )


def to_write(number: str) -> HandoverPage:
    """Read a handover that this request's person may fill in now.

    Raises:
        NoHandoverNow: it is not its time, it is signed, or he may not.
    """
    page = read(number)
    if not page.can_write:
        raise NoHandoverNow
    return page


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Photos of one request: ids kept from before and new ones, and the first that was refused."""

    ids: list[str]
    refusal: FileRefused | None


def take_photos() -> Taken:
    """Store the photos of this request, so that a mistake elsewhere, or a bad one, loses none."""
    dropped = flask.request.form.get("_drop", "")
    kept = [each for each in flask.request.form.getlist("photos") if each != dropped]
    prepared, refusal = _prepared()
    application = current.application()
    with application.unit_of_work() as session:
        for ready in prepared:
            stored = application.files.record(ready, by=current.actor(), session=session)
            kept.append(stored.id)
    return Taken(ids=kept, refusal=refusal)


def _prepared() -> tuple[list[PreparedFile], FileRefused | None]:
    found: list[PreparedFile] = []
    refusal: FileRefused | None = None
    for file in flask.request.files.getlist("new_photos")[: uploads.MAX_FILES_A_REQUEST]:
        try:
            if file.filename:
                found.append(uploads.prepare(file, PICTURES))
        except FileRefused as error:
            refusal = refusal or error
    return found, refusal


def finding(photo_ids: list[str]) -> Finding:
    """Read what was typed of one item."""
    posted = flask.request.form
    chosen = posted.get("finding", "")
    return Finding(
        finding=chosen if chosen in FINDINGS else "",
        remark=posted.get("remark", "").strip()[:MAX_TEXT],
        photos=tuple(photo_ids),
        price_twd=_number(posted.get("price_twd", "")),
        life_span_years=_number(posted.get("life_span_years", "")),
        age_years=_number(posted.get("age_years", "")),
        is_disputed=posted.get("is_disputed") == "true",
        dispute_reason=posted.get("dispute_reason", "").strip()[:MAX_TEXT],
    )


def readings() -> tuple[dict[str, str], list[dict[str, object]]]:
    """Read meters and keys; a line of keys without a number is none."""
    posted = flask.request.form
    meters = {
        name: typed
        for name in METERS
        if (typed := posted.get(f"meter_{name}", "").strip()[:12]).isdigit()
    }
    kinds, serials = posted.getlist("key_kind")[:MAX_KEYS], posted.getlist("key_serial")
    counts = posted.getlist("key_count")
    keys: list[dict[str, object]] = [
        {"kind": kind, "serial": serial.strip()[:40], "count": count}
        for kind, serial, typed in zip(kinds, serials, counts, strict=False)
        if kind in KEY_KINDS and (count := _number(typed)) is not None
    ]
    return meters, keys


def drawing() -> PreparedFile | None:
    """Put the drawn signature of this request on disk; None when nothing was drawn.

    Raises:
        FileRefused: it is no picture.
    """
    store, uploaded = current.application().files, flask.request.files.get("picture")
    if uploaded is not None and uploaded.filename:
        return store.prepare(uploaded.stream, uploaded.filename)
    text = flask.request.form.get("drawing", "")
    if not text.startswith(PNG_PREFIX):
        return None
    try:
        content = base64.b64decode(text.removeprefix(PNG_PREFIX), validate=True)
    except binascii.Error as error:
        raise FileEmpty("signature.png") from error
    return store.prepare(io.BytesIO(content), "signature.png")


def signature(role: str, name: str, file_id: str | None) -> Mapping[str, object]:
    """Put a signature together: drawn, typed, or refused with a reason."""
    posted = flask.request.form
    given: dict[str, object] = {"role": role, "name": name}
    if file_id is not None:
        return {**given, "file_id": file_id}
    if typed := posted.get("typed", "").strip()[:60]:
        return {**given, "typed": typed}
    reason = posted.get("refused_because", "").strip()[:MAX_TEXT]
    return {**given, "refused_because": reason}


def _number(text: str) -> int | None:
    typed = text.strip()
    is_usable = typed.isdecimal() and typed.isascii() and int(typed) <= MAX_NUMBER
    return int(typed) if is_usable else None
