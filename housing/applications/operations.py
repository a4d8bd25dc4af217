"""What the diagram `app.review` calls to receive, check and decide; ids and codes only.

Every function may run twice for one call and then leaves what it left the first time. What people
wrote is read from the record of the case, because it never enters the process.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, update

from engine.calendar import local_date
from housing.applications.desk import (
    application_of,
    move,
    open_findings,
    round_of,
    settings_of,
    tell_applicant,
    tell_group,
)
from housing.applications.drawing import awaits_turn, pass_turn
from housing.applications.duplicates import mark_duplicates
from housing.applications.gathering import facts_of
from housing.applications.models import (
    ApplicationDocument,
    ApplicationFinding,
    HousingApplication,
)
from housing.applications.queueing import take_places
from housing.applications.rounds import review_due
from housing.applications.rules import (
    REASON_WORDS,
    finding_key,
    first_reason,
    needs_second_check,
)
from housing.letters import service as letters
from housing.letters.service import NewLetter
from housing.persons.service import record_death
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

REVIEW_FORM = "application_review/review"
FATAL = "fatal"


def receive(call: Call, application_id: int) -> Result:
    """Acknowledge an application: number and time of receipt go to the applicant."""
    application = application_of(application_id, session=call.session)
    call_round = round_of(application.round_id, session=call.session)
    fields = {"round": call_round.title, "received_at": application.received_at}
    tell_applicant(call, application, "application_received", fields)
    return {"review_due": call_round.review_due_at}


def read_close(call: Call, application_id: int) -> Result:
    """Tell when the intake of the call closes and until when its reviews are to be done."""
    application = application_of(application_id, session=call.session)
    call_round = round_of(application.round_id, session=call.session)
    due_at = call_round.review_due_at or review_due(application.counts_at)
    return {
        "closes_at": call_round.closes_at,
        "review_due": due_at,
        "awaits_turn": awaits_turn(application, session=call.session),
    }


def gather(call: Call, application_id: int) -> Result:
    """Read what the decision tables need; the diagram forgets it within the same step."""
    application = application_of(application_id, session=call.session)
    move(application, "under_review", at=call.now)
    return {"facts": facts_of(application, session=call.session)}


def record_findings(
    call: Call,
    application_id: int,
    findings: Sequence[Mapping[str, object]] | None,
    class_terms: Mapping[str, object] | None,
    score: object,
) -> Result:
    """Keep the defects that the rules found now; those found before and gone are cured.

    Returns:
        duplicate_kind: same_person, family or none.
    """
    del class_terms
    application = application_of(application_id, session=call.session)
    known = {each.key: each for each in open_findings(application.id, session=call.session)}
    corrected = _corrected(call, application.id)
    now_found = {_key(each): each for each in findings or []}
    for key, row in known.items():
        row.is_open = key in now_found or row.found_by == "officer"
    for key, found in now_found.items():
        if key not in known and key not in corrected:
            call.session.add(_finding(call, application.id, key, found))
    application.score = int(str(score or 0))
    call.session.flush()
    return {"duplicate_kind": mark_duplicates(application, call)}


def record_review(call: Call, application_id: int) -> Result:
    """Keep the officer's decision on each finding, with his reasons, and tell what follows.

    Returns:
        review_result: clear, curable, fatal or forged; rejection_reason, a code; how many
        supplements there were and may be; whether a second officer checks.
    """
    application = application_of(application_id, session=call.session)
    answers = latest_answers(call.instance.id, REVIEW_FORM, session=call.session)
    _keep_decisions(call, application, answers)
    _keep_added(call, application, answers)
    application.reviewed_by = call.by.id
    settings = settings_of(round_of(application.round_id, session=call.session))
    application.needs_second = needs_second_check(
        application.number, application.household_class, settings.second_check_percent
    )
    call.session.flush()
    left = open_findings(application.id, session=call.session)
    result = _result(answers, left)
    if result in ("fatal", "forged"):
        move(application, "rejecting", at=call.now)
    elif result == "clear" and application.needs_second:
        move(application, "second_check", at=call.now)
    return {
        "review_result": result,
        "rejection_reason": _reason(answers, left),
        "supplement_rounds": application.supplement_rounds,
        "max_rounds": settings.max_rounds,
        "needs_second": application.needs_second,
    }


def note_forgery(call: Call, application_id: int) -> Result:
    """Report forged papers or an impersonation to the ethics office."""
    application = application_of(application_id, session=call.session)
    application.reason_code = "FORGED"
    tell_group(call, "ethics_office", "application_forged", {})
    return NOTHING


def record_second_round(call: Call, application_id: int) -> Result:
    """Keep the chief's decision on a second supplement; without it the case is rejected."""
    application = application_of(application_id, session=call.session)
    answers = latest_answers(
        call.instance.id, "application_review/second_round", session=call.session
    )
    decision = str(answers.get("second_round_decision") or "refuse")
    if decision != "allow":
        move(application, "rejecting", at=call.now)
    return {"second_round": decision}


def record_second(call: Call, application_id: int) -> Result:
    """Keep who made the second check and what came of it."""
    application = application_of(application_id, session=call.session)
    application.second_by = call.by.id
    answers = latest_answers(
        call.instance.id, "application_review/second_check", session=call.session
    )
    result = str(answers.get("second_decision") or "return")
    if result == "return":
        move(application, "under_review", at=call.now)
    return {"second_result": result}


def qualify(call: Call, application_id: int) -> Result:
    """Let an application qualify: score frozen, lottery number given, applicant told.

    The number says nothing but the order of the case numbers.
    """
    application = application_of(application_id, session=call.session)
    call_round = round_of(application.round_id, session=call.session)
    move(application, "qualified", at=call.now)
    application.decided_at, application.reason_code = call.now, None
    serial = application.number.partition("-")[2]
    application.lottery_number = f"{call_round.number}-{serial}"
    fields = {"lottery_number": application.lottery_number}
    tell_applicant(call, application, "application_qualified", fields)
    return {"is_rolling": call_round.kind == "rolling"}


def enqueue(call: Call, application_id: int) -> Result:
    """Give a qualified application of a rolling call its places in the queues."""
    application = application_of(application_id, session=call.session)
    places = take_places(application, at=call.now, session=call.session)
    fields = {"places": "、".join(f"{each.site} {each.position}" for each in places)}
    tell_applicant(call, application, "application_queued", fields)
    return NOTHING


def reject(call: Call, application_id: int) -> Result:
    """Serve the rejection: reason code, law, how to appeal.

    Returns:
        letter_id; the message `letter.served` brings the day of service.
    """
    application = application_of(application_id, session=call.session)
    answers = latest_answers(call.instance.id, "application_review/rejection", session=call.session)
    reason = str(answers.get("reason_code") or "SUPPLEMENT_INCOMPLETE")
    move(application, "rejected", at=call.now)
    application.reason_code, application.decided_at = reason, call.now
    words, legal_basis = REASON_WORDS[reason]
    letter_id = letters.write(
        NewLetter(
            key=call.key,
            instance=call.instance,
            template="rejection",
            person_id=application.person_id,
            fields={"reason": str(answers.get("reason_text") or words)},
            reason_code=reason,
            legal_basis=legal_basis,
            period="30d",
            channel=None if application.channel == "online" else "registered_mail",
        ),
        by=call.by,
        session=call.session,
        clock=call.clock,
    )
    letters.send(letter_id, engine=call.engine, session=call.session, clock=call.clock)
    pass_turn(application, call)
    return {"letter_id": letter_id}


def reopen(call: Call, application_id: int) -> Result:
    """Void a rejection after an upheld appeal; every finding is decided anew.

    Returns:
        review_due: 60 days again from the day of the appeal, a setting of ours; the first review
        of the call was over long before.
    """
    application = application_of(application_id, session=call.session)
    move(application, "under_review", at=call.now)
    application.reason_code, application.decided_at = None, None
    call.session.execute(
        update(ApplicationFinding)
        .where(ApplicationFinding.application_id == application.id)
        .values(is_open=False)
    )
    return {"review_due": review_due(call.now)}


def withdraw(call: Call, application_id: int) -> Result:
    """Let the applicant withdraw."""
    application = application_of(application_id, session=call.session)
    move(application, "withdrawn", at=call.now)
    application.decided_at = call.now
    tell_applicant(call, application, "application_withdrawn", {})
    pass_turn(application, call)
    return NOTHING


def close_deceased(call: Call, application_id: int) -> Result:
    """Close the case of an applicant who died; a co-resident may apply again."""
    application = application_of(application_id, session=call.session)
    answers = latest_answers(call.instance.id, "application_review/deceased", session=call.session)
    move(application, "deceased", at=call.now)
    application.decided_at = call.now
    died_on = local_date(call.now) if not answers.get("died_on") else None
    day = died_on or local_date(call.now).fromisoformat(str(answers["died_on"])[:10])
    record_death(application.person_id, day, session=call.session, clock=call.clock)
    tell_group(call, "officer", "application_deceased", {})
    pass_turn(application, call)
    return NOTHING


def _key(found: Mapping[str, object]) -> str:
    return finding_key(str(found["code"]), str(found.get("value") or ""))


def _corrected(call: Call, application_id: int) -> frozenset[str]:
    """Name the findings that an officer corrected; the rules do not raise them again."""
    rows = select(ApplicationFinding.key).where(
        ApplicationFinding.application_id == application_id,
        ApplicationFinding.decision == "correct",
    )
    return frozenset(call.session.scalars(rows))


def _finding(
    call: Call, application_id: int, key: str, found: Mapping[str, object]
) -> ApplicationFinding:
    return ApplicationFinding(
        application_id=application_id,
        key=key,
        code=str(found["code"]),
        kind=str(found["kind"]),
        value=str(found.get("value") or ""),
        limit=str(found.get("limit") or ""),
        source=str(found.get("source") or ""),
        found_by="rule",
        found_at=call.now,
        is_open=True,
    )


def _keep_decisions(
    call: Call, application: HousingApplication, answers: Mapping[str, object]
) -> None:
    for row in open_findings(application.id, session=call.session):
        row.decision = str(answers.get(f"decision_{row.key}") or "confirm")
        row.reason = str(answers.get(f"reason_{row.key}") or "") or None
        row.decided_by, row.decided_at = call.by.id, call.now
        row.is_open = row.decision == "confirm"


def _keep_added(call: Call, application: HousingApplication, answers: Mapping[str, object]) -> None:
    """Keep what the officer found beside the rules: further defects, papers nobody can read."""
    unreadable = _texts(answers.get("unreadable"))
    for row in call.session.scalars(
        select(ApplicationDocument).where(
            ApplicationDocument.application_id == application.id,
            ApplicationDocument.kind.in_(unreadable),
        )
    ):
        row.is_readable = False
    added = [(_key_of_paper(kind), "文件無法辨識") for kind in unreadable]
    rows = answers.get("added")
    lines = rows if isinstance(rows, list) else []
    added += [(str(each["added_code"]), str(each["added_reason"])) for each in lines]
    known = {each.key for each in open_findings(application.id, session=call.session)}
    for key, reason in added:
        if key not in known:
            known.add(key)
            call.session.add(_officers(call, application.id, key, reason))


def _officers(call: Call, application_id: int, key: str, reason: str) -> ApplicationFinding:
    return ApplicationFinding(
        application_id=application_id,
        key=key,
        code="DOC_MISSING" if key.startswith("DOC_MISSING") else key,
        kind=FATAL if key in REASON_WORDS else "curable",
        value="",
        limit="",
        source="",
        found_by="officer",
        found_at=call.now,
        decision="confirm",
        reason=reason[:300],
        decided_by=call.by.id,
        decided_at=call.now,
        is_open=True,
    )


def _key_of_paper(kind: str) -> str:
    special = {
        "class_proof": "CLASS_PROOF_MISSING",
        "link_proof": "LINK_PROOF_MISSING",
        "share_deed": "SHARE_DEED_MISSING",
        "agency_list": "CLASS_PROOF_MISSING",
    }
    return special.get(kind, f"DOC_MISSING_{kind}")


def _result(answers: Mapping[str, object], left: Iterable[ApplicationFinding]) -> str:
    if answers.get("is_forged") is True:
        return "forged"
    kinds = {each.kind for each in left}
    if FATAL in kinds:
        return "fatal"
    return "curable" if kinds else "clear"


def _reason(answers: Mapping[str, object], left: Iterable[ApplicationFinding]) -> str | None:
    if answers.get("is_forged") is True:
        return "FORGED"
    keys = [each.key for each in left]
    return first_reason(keys) if keys else None


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []
