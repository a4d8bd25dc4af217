"""Tables of calls: what is offered, under which limits, with which list."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial

Code = String(32)
Name = String(100)


class CallSerial(YearSerial):
    """The last serial number given in a year of the Republic, for calls and for applications."""

    __tablename__ = "call_serial"

    kind: Mapped[str] = mapped_column(Code, primary_key=True)


class CallRound(Base):
    """A call for applications (招租案), periodic or rolling.

    Attributes:
        number: C115-01, the case's business key.
        stage: a code of `rules.ROUND_STAGES`.
        review_due_at: 60 days after closing, 120 when extended.
        income_limit_twd: a person and month; property_limit_twd: real estate of the household.
        settings: keys of `rules.RoundSettings`.
        list_sha256: of the frozen list.
    """

    __tablename__ = "call_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(Code)
    title: Mapped[str] = mapped_column(Name)
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    stage: Mapped[str] = mapped_column(Code, index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    objections_until: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    list_sha256: Mapped[str | None] = mapped_column(String(64))
    min_age: Mapped[int]
    income_limit_twd: Mapped[int]
    property_limit_twd: Mapped[int]
    years_limit: Mapped[int]
    settings: Mapped[dict[str, object]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class CallOffer(Base):
    """How many homes of a room type a site offers to a class in a call."""

    __tablename__ = "call_offer"

    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"), primary_key=True)
    site: Mapped[str] = mapped_column(Code, primary_key=True)
    room_type: Mapped[str] = mapped_column(Code, primary_key=True)
    household_class: Mapped[str] = mapped_column(Code, primary_key=True)
    units: Mapped[int]


class HousingApplication(Base):
    """One household's application in one call.

    Attributes:
        number: A115-000123, the case's business key.
        token: idempotency key of the submission.
        channel: online or paper; it decides the clocks, also when an account comes later.
        postmark_on: of a posted application: the day that counts.
        received_at: the server's instant; of paper when it was keyed in.
        counts_at: the instant that decides order and lateness.
        state: a code of `rules.STATES`.
        reason_code: why rejected.
        needs_second: chosen for the second check.
        lottery_number: public number in the list; carries no personal data.
        draw_rank: in its pool, in calls that draw first; turn_at: when its review was called up.
    """

    __tablename__ = "housing_application"
    __table_args__ = (
        Index("ix_housing_application_inbox", "round_id", "state", "counts_at"),
        Index("ix_housing_application_arrival", "counts_at"),
        Index("ix_housing_application_class", "round_id", "household_class", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(Code)
    postmark_on: Mapped[date | None]
    received_at: Mapped[datetime]
    counts_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Code)
    state_at: Mapped[datetime]
    household_class: Mapped[str] = mapped_column(Code)
    class_subtype: Mapped[str | None] = mapped_column(Code)
    agrees_general: Mapped[bool]
    room_type: Mapped[str] = mapped_column(Code)
    city_link: Mapped[str] = mapped_column(Code)
    owns_home: Mapped[str] = mapped_column(Code)
    income_month_person_twd: Mapped[int]
    property_twd: Mapped[int]
    other_subsidy: Mapped[bool]
    years_used: Mapped[int]
    has_arrears: Mapped[bool]
    unborn: Mapped[int]
    is_disabled: Mapped[bool]
    wishes: Mapped[list[str]] = mapped_column(JSON)
    used_mydata: Mapped[bool]
    score: Mapped[int | None]
    reason_code: Mapped[str | None] = mapped_column(Code)
    lottery_number: Mapped[str | None] = mapped_column(Code, index=True)
    needs_second: Mapped[bool]
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    second_by: Mapped[str | None] = mapped_column(String(64))
    supplement_rounds: Mapped[int]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("housing_application.id"))
    set_id: Mapped[int | None] = mapped_column(ForeignKey("duplicate_set.id"), index=True)
    decided_at: Mapped[datetime | None]
    draw_rank: Mapped[int | None]
    turn_at: Mapped[datetime | None]


class ApplicationMember(Base):
    """A person beside the applicant: relation as in `housing.persons.rules.RELATIONS`."""

    __tablename__ = "application_member"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("housing_application.id"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(Code)
    lives_in: Mapped[bool]
    is_disabled: Mapped[bool]
    is_pregnant: Mapped[bool]


class ApplicationSite(Base):
    """A site an application is for, by order of preference from 1."""

    __tablename__ = "application_site"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("housing_application.id"), primary_key=True
    )
    preference: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(Code)


class ApplicationDocument(Base):
    """A paper of an application.

    Attributes:
        kind: a code of `rules.PAPERS`.
        source: upload, mydata, scan or post.
        file_id: a stored file; None for what MyData gave, of which only its coming is kept.
    """

    __tablename__ = "application_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("housing_application.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    source: Mapped[str] = mapped_column(Code)
    file_id: Mapped[str | None] = mapped_column(String(32))
    is_readable: Mapped[bool]
    came_at: Mapped[datetime]


class ApplicationFinding(Base):
    """One defect that a rule or an officer found, and what the officer decided about it.

    Attributes:
        key: the code, with the paper after it for missing papers.
        found_by: rule or officer.
        decision: confirm, correct, or None as long as nobody decided.
        is_open: confirmed or undecided, and not cured.
    """

    __tablename__ = "application_finding"
    __table_args__ = (Index("ix_application_finding_open", "application_id", "is_open"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("housing_application.id"))
    key: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    value: Mapped[str] = mapped_column(String(60))
    limit: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(Name)
    found_by: Mapped[str] = mapped_column(Code)
    found_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(Code)
    reason: Mapped[str | None] = mapped_column(String(300))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    is_open: Mapped[bool]


class ApplicationConsent(Base):
    """A consent given, refused or withdrawn; a withdrawal is a new row.

    Attributes:
        version: of the text that was shown; `rules.CONSENT_TEXTS` holds them.
    """

    __tablename__ = "application_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("housing_application.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    version: Mapped[str] = mapped_column(Code)
    is_given: Mapped[bool]
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(Code)
    address: Mapped[str] = mapped_column(String(64))


class ApplicationChange(Base):
    """Somebody changed an application after it was handed in; append only.

    Attributes:
        fields: names of the form that changed, never what they said.
    """

    __tablename__ = "application_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("housing_application.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[str] = mapped_column(String(64))
    account_name: Mapped[str] = mapped_column(Name)
    fields: Mapped[list[str]] = mapped_column(JSON)


class ApplicationSupplement(Base):
    """One notice of defects with its period.

    Attributes:
        original_due_at: never changes; due_at after an extension or a restoration.
        outcome: answered, expired, or None while it runs.
    """

    __tablename__ = "application_supplement"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("housing_application.id"), index=True)
    letter_id: Mapped[int | None]
    sent_at: Mapped[datetime]
    served_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    postmark_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(Code)


class SupplementDefect(Base):
    """A line of a notice of defects."""

    __tablename__ = "supplement_defect"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplement_id: Mapped[int] = mapped_column(ForeignKey("application_supplement.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(String(300))
    proof: Mapped[str] = mapped_column(String(200))


class DuplicateSet(Base):
    """Applications of one person or family of which one may stay.

    Attributes:
        kind: same_person or family.
        due_at: until when the family may choose; None before the notice was served.
        letter_id: the one notice to the family; asked: the applications it lists.
    """

    __tablename__ = "duplicate_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    found_at: Mapped[datetime]
    letter_id: Mapped[int | None]
    due_at: Mapped[datetime | None]
    kept_number: Mapped[str | None] = mapped_column(String(16))
    resolved_at: Mapped[datetime | None]
    asked: Mapped[list[str] | None] = mapped_column(JSON)


class QueuePlace(Base):
    """A place in a rolling queue: site x room type x class.

    Attributes:
        position: the order of qualification, never given again.
        state: waiting, offered, taken or left.
    """

    __tablename__ = "queue_place"
    __table_args__ = (
        UniqueConstraint("round_id", "site", "room_type", "household_class", "position"),
        UniqueConstraint("application_id", "site"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"))
    site: Mapped[str] = mapped_column(Code)
    room_type: Mapped[str] = mapped_column(Code)
    household_class: Mapped[str] = mapped_column(Code)
    position: Mapped[int]
    application_id: Mapped[int] = mapped_column(ForeignKey("housing_application.id"))
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Code)
    offered_at: Mapped[datetime | None]


class ListObjection(Base):
    """An objection to a published list and what became of it."""

    __tablename__ = "list_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"), index=True)
    lottery_number: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(Code)
    decision: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None]


class QualifiedList(Base):
    """A published version of the qualified list, byte for byte; frozen ones never change.

    Attributes:
        entries: `entries.txt` as the lottery reads it, LF after every line.
    """

    __tablename__ = "qualified_list"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(Code)
    entries: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class DrawResult(Base):
    """The result of a call's draw as it was handed in, byte for byte; one a call.

    Attributes:
        ranks: lines of number and rank; sha256: of it.
    """

    __tablename__ = "draw_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"), unique=True)
    ranks: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(64))
    account_name: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime]


class SealedDraft(Base):
    """An application somebody is still writing; sealed, because it names national ids."""

    __tablename__ = "application_draft"
    __table_args__ = (UniqueConstraint("account_id", "round_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64))
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"))
    sealed: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Code)
    saved_at: Mapped[datetime]


class MyDataTransfer(Base):
    """A single-use transfer from MyData: asked for, answered, used once; never kept as a register.

    Attributes:
        state: asked, ready, refused, failed, used.
        sealed: what came, sealed, until it is used; then emptied.
    """

    __tablename__ = "mydata_transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(String(64), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("call_round.id"))
    consent_version: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    sealed: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
