"""What the diagram `app.review` calls around the supplement (補正): notice, clock, answer."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.applications.desk import (
    application_of,
    move,
    open_findings,
    round_of,
    settings_of,
)
from housing.applications.errors import ApplicationNotFound
from housing.applications.models import (
    ApplicationDocument,
    ApplicationFinding,
    ApplicationSupplement,
    HousingApplication,
    SupplementDefect,
)
from housing.applications.rules import DEFECT_WORDS, PAPERS
from housing.letters import service as letters
from housing.letters.service import NewLetter
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

ANSWER_FORM = "application_review/supplement_answer"
POSTAL_FORM = "application_review/postal"
LIST_FORM = "application_review/list_defects"


def supplement_of(supplement_id: object, *, session: Session) -> ApplicationSupplement:
    """Find a supplement by its id.

    Raises:
        ApplicationNotFound: there is none.
    """
    found = session.get(ApplicationSupplement, int(str(supplement_id)))
    if found is None:
        raise ApplicationNotFound(str(supplement_id))
    return found


def newest_supplement(application_id: int, *, session: Session) -> ApplicationSupplement | None:
    """Find the newest notice of defects of an application; None without one."""
    rows = select(ApplicationSupplement).where(
        ApplicationSupplement.application_id == application_id
    )
    return session.scalars(rows.order_by(ApplicationSupplement.id.desc()).limit(1)).first()


def defects_of(supplement_id: int, *, session: Session) -> list[SupplementDefect]:
    """List the lines of a notice."""
    rows = select(SupplementDefect).where(SupplementDefect.supplement_id == supplement_id)
    return list(session.scalars(rows.order_by(SupplementDefect.id)))


def send_supplement(call: Call, application_id: int) -> Result:
    """Write and send the one notice with all defects; its channel is that of the application.

    Returns:
        channel; answer_by, the account that answers, or None for paper; supplement_id;
        supplement_days; letter_id, whose service starts the clock.
    """
    application = application_of(application_id, session=call.session)
    settings = settings_of(round_of(application.round_id, session=call.session))
    row = _supplement(call, application)
    days = settings.supplement_days(application.channel)
    is_online = application.channel == "online"
    row.letter_id = letters.write(
        NewLetter(
            key=call.key,
            instance=call.instance,
            template="supplement",
            person_id=application.person_id,
            fields={
                "days": days,
                "defects": [
                    {"text": each.text, "proof": each.proof}
                    for each in defects_of(row.id, session=call.session)
                ],
            },
            period=f"{days}d",
            channel=None if is_online else "registered_mail",
        ),
        by=call.by,
        session=call.session,
        clock=call.clock,
    )
    letters.send(row.letter_id, engine=call.engine, session=call.session, clock=call.clock)
    move(application, "supplement", at=call.now)
    return {
        "channel": application.channel,
        "answer_by": str(application.account_id) if is_online else None,
        "supplement_id": row.id,
        "supplement_days": days,
        "letter_id": row.letter_id,
    }


def start_supplement(
    call: Call, supplement_id: int, served_at: datetime, due_at: datetime
) -> Result:
    """Start the clock of a notice at its service (送達); the day of service does not count."""
    row = supplement_of(supplement_id, session=call.session)
    row.served_at = served_at
    row.original_due_at = row.original_due_at or due_at
    row.due_at = due_at
    return {"due_at": due_at}


def grant_extension(call: Call, supplement_id: int, until: datetime) -> Result:
    """Give ten days more, once; the first due date stays visible."""
    row = supplement_of(supplement_id, session=call.session)
    row.due_at, row.extended_at = until, row.extended_at or call.now
    return {"due_at": until}


def record_answer(call: Call, application_id: int, supplement_id: int) -> Result:
    """File the papers that came with an answer."""
    application = application_of(application_id, session=call.session)
    row = supplement_of(supplement_id, session=call.session)
    since = row.restored_at or row.sent_at
    by_post = latest_answers(call.instance.id, POSTAL_FORM, since=since, session=call.session)
    answers = by_post or latest_answers(
        call.instance.id, ANSWER_FORM, since=since, session=call.session
    )
    for kind, file_id in _papers(answers):
        _file(call, application.id, kind, file_id, "post" if by_post else "upload")
    if room_type := answers.get("new_room_type"):
        application.room_type = str(room_type)
    row.answered_at, row.outcome = call.now, "answered"
    if postmark := by_post.get("postmark_on"):
        row.postmark_on = date.fromisoformat(str(postmark)[:10])
    _close_cured(call, application, [kind for kind, _file_id in _papers(answers)], answers)
    return NOTHING


def expire_supplement(call: Call, application_id: int, supplement_id: int) -> Result:
    """Write down that the period passed without an answer.

    Who lacks only the proof of his class and agreed to it on the form goes on as general.

    Returns:
        falls_back, rejection_reason.
    """
    application = application_of(application_id, session=call.session)
    row = supplement_of(supplement_id, session=call.session)
    row.outcome = "expired"
    left = open_findings(application.id, session=call.session)
    falls_back = application.agrees_general and {each.key for each in left} == {
        "CLASS_PROOF_MISSING"
    }
    if falls_back:
        application.household_class, application.class_subtype = "general", None
        for each in left:
            each.is_open = False
    else:
        move(application, "rejecting", at=call.now)
    return {"falls_back": falls_back, "rejection_reason": "SUPPLEMENT_EXPIRED"}


def restore(call: Call, application_id: int, supplement_id: int, due_at: datetime) -> Result:
    """Reopen a missed period (行政程序法 art. 50): the same number of days again."""
    application = application_of(application_id, session=call.session)
    row = supplement_of(supplement_id, session=call.session)
    row.restored_at, row.due_at, row.outcome = call.now, due_at, None
    move(application, "supplement", at=call.now)
    application.reason_code, application.decided_at = None, None
    return {"due_at": due_at}


def _supplement(call: Call, application: HousingApplication) -> ApplicationSupplement:
    known = call.session.scalar(
        select(ApplicationSupplement).where(ApplicationSupplement.idem == call.key)
    )
    if known is not None:
        return known
    row = ApplicationSupplement(idem=call.key, application_id=application.id, sent_at=call.now)
    call.session.add(row)
    call.session.flush()
    application.supplement_rounds += 1
    answers = latest_answers(call.instance.id, LIST_FORM, session=call.session)
    for each in open_findings(application.id, session=call.session):
        text, proof, _paper = DEFECT_WORDS[each.key]
        call.session.add(
            SupplementDefect(supplement_id=row.id, key=each.key, text=text, proof=proof)
        )
    extra = answers.get("extra")
    for line in extra if isinstance(extra, list) else []:
        call.session.add(_extra(row.id, line))
    call.session.flush()
    return row


def _extra(supplement_id: int, line: Mapping[str, object]) -> SupplementDefect:
    return SupplementDefect(
        supplement_id=supplement_id,
        key="EXTRA",
        text=str(line["extra_text"]),
        proof=str(line.get("extra_proof") or ""),
    )


def _papers(answers: Mapping[str, object]) -> list[tuple[str, str | None]]:
    """Name the papers of an answer with their files: uploads one a defect, or a list by post."""
    found: list[tuple[str, str | None]] = []
    for kind in PAPERS:
        files = answers.get(f"paper_{kind}")
        found += [(kind, str(each)) for each in files] if isinstance(files, list) else []
    kinds, scans = answers.get("papers"), answers.get("scan")
    scan = str(scans[0]) if isinstance(scans, list) and scans else None
    found += [(str(kind), scan) for kind in kinds] if isinstance(kinds, list) else []
    return found


def _file(call: Call, application_id: int, kind: str, file_id: str | None, source: str) -> None:
    known = call.session.scalar(
        select(ApplicationDocument).where(
            ApplicationDocument.application_id == application_id,
            ApplicationDocument.kind == kind,
            ApplicationDocument.file_id == file_id,
        )
    )
    if known is None:
        call.session.add(
            ApplicationDocument(
                application_id=application_id,
                kind=kind,
                source=source,
                file_id=file_id,
                is_readable=True,
                came_at=call.now,
            )
        )
        call.session.flush()


def _close_cured(
    call: Call,
    application: HousingApplication,
    kinds: list[str],
    answers: Mapping[str, object],
) -> None:
    """Close what an officer had found and the answer brings; the rules look at the rest."""
    came = {*kinds, *(["room_type"] if answers.get("new_room_type") else [])}
    rows = select(ApplicationFinding).where(
        ApplicationFinding.application_id == application.id,
        ApplicationFinding.is_open,
        ApplicationFinding.found_by == "officer",
    )
    for row in call.session.scalars(rows):
        row.is_open = DEFECT_WORDS.get(row.key, ("", "", ""))[2] not in came
