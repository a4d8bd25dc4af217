"""What people do with applications beside their tasks: hand in, withdraw, ask for more time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.types import CITY, Actor
from housing.applications.desk import (
    application_by_number,
    next_serial,
    round_by_number,
    round_of,
    settings_of,
)
from housing.applications.errors import (
    ExtensionNotAllowed,
    NamedTwice,
    NotYourApplication,
    PostmarkMissing,
    RoomTypeNotOffered,
    RoundNotOpen,
    SiteNotInRound,
)
from housing.applications.models import (
    ApplicationConsent,
    ApplicationDocument,
    ApplicationMember,
    ApplicationSite,
    CallOffer,
    CallRound,
    HousingApplication,
)
from housing.applications.rules import (
    CONSENT_TEXTS,
    PAPERS,
    REQUIRED_PAPERS,
    application_number,
    end_of_postmark_day,
)
from housing.applications.supplements import newest_supplement
from housing.leases.models import LeaseParty
from housing.letters.models import LetterRow
from housing.persons import service as persons
from housing.persons.models import Person
from housing.persons.rules import check_national_id, mask_national_id
from housing.persons.service import NewPerson
from housing.records.forms import form_in_service
from housing.records.rules import account_party
from housing.records.service import Answers, record, take_in
from housing.vault import Vault

PROCESS = "app.review"
APPLICATION_FORM = "application_review/application"
WITHDRAW_MESSAGE = "application.withdraw"
EXTENSION_MESSAGE = "application.request_extension"
SITE_FIELDS = ("site1", "site2", "site3")
WISHES = ("mobility", "stall_wish", "pets", "contact_consent")


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """An application as somebody hands it in.

    Attributes:
        token: idempotency key of the page; the same token makes one application.
        values: of the form `application_review/application`, checked; with national ids.
        postmark_on: of a paper application: day of the postmark or of handing in at the counter.
        scans: stored files of the paper form.
        papers: kinds of papers seen at the counter, without a file.
        has_mydata: whether MyData gave register, income and property just now.
        address: network address of the consents.
    """

    token: str
    values: Mapping[str, object]
    postmark_on: date | None = None
    scans: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    has_mydata: bool = False
    address: str = ""

    @property
    def channel(self) -> str:
        """Tell how it came: its clock goes by that for ever."""
        return "online" if self.postmark_on is None else "paper"


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """With what an application is taken in: keys, engine, session, clock.

    Attributes:
        is_demo: whether national ids without an owner are accepted.
    """

    vault: Vault
    is_demo: bool
    engine: ProcessEngine
    session: Session
    clock: Clock


def submit(new: Submission, *, by: Actor, house: House) -> StepResult:
    """Take an application in: people by reference, papers, consents, then its process.

    Raises:
        RoundNotFound, RoundNotOpen: the call takes none now.
        SiteNotInRound, RoomTypeNotOffered, NamedTwice, PostmarkMissing: the form breaks a rule.
        NationalIdInvalid, NationalIdOwnerless, MobileInvalid: as the rules of persons say.
    """
    session, now = house.session, house.clock.now()
    call_round = round_by_number(str(new.values["round"]), session=session)
    counts_at = _counting_instant(new, call_round, now)
    sites = chosen_sites(new.values, call_round, session)
    application = _application(new, call_round, by, counts_at, house)
    session.add_all(
        ApplicationSite(application_id=application.id, preference=place, site=site)
        for place, site in enumerate(sites, start=1)
    )
    _add_members(application, new.values, house)
    _add_papers(application, new, now, session)
    _add_consents(application, new, now, session)
    result = house.engine.start(
        PROCESS,
        {"application_id": application.id},
        business_key=application.number,
        scope=CITY,
        by=by,
        session=session,
    )
    application.instance_id = result.instance_id
    _keep_form(new, result.instance_id, by, house)
    return result


def own_application(number: str, *, by: Actor, session: Session) -> HousingApplication:
    """Find an application that is the actor's own, or any for an officer.

    Raises:
        ApplicationNotFound: there is none.
        NotYourApplication: it is somebody else's, and the actor is no officer.
    """
    application = application_by_number(number, session=session)
    is_own = by.id == str(application.account_id)
    if not (is_own or by.belongs_to("officer", CITY)):
        raise NotYourApplication(application.number)
    return application


def withdraw(number: str, *, by: Actor, engine: ProcessEngine, session: Session) -> StepResult:
    """Withdraw an application before it is decided.

    Raises:
        ApplicationNotFound, NotYourApplication: as `own_application`.
        MessageNotExpected: it was decided.
    """
    application = own_application(number, by=by, session=session)
    return engine.send_message(
        application.instance_id or "", WITHDRAW_MESSAGE, {}, by=by, session=session
    )


def request_extension(  # noqa: PLR0913  # the face of the room
    number: str,
    values: Mapping[str, object],
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    """Ask for ten days more for the running supplement, once.

    Raises:
        ApplicationNotFound, NotYourApplication: as `own_application`.
        ExtensionNotAllowed: the channel knows none, or it was extended before.
        MessageNotExpected: no supplement runs.
    """
    application = own_application(number, by=by, session=session)
    settings = settings_of(round_of(application.round_id, session=session))
    running = newest_supplement(application.id, session=session)
    is_first = running is not None and running.extended_at is None
    if not settings.may_extend(application.channel) or not is_first:
        raise ExtensionNotAllowed(number)
    return send_form(
        application,
        (EXTENSION_MESSAGE, "application_review/extension"),
        values,
        by=by,
        engine=engine,
        session=session,
        clock=clock,
    )


def send_form(  # noqa: PLR0913  # what a message with a form needs
    application: HousingApplication,
    message: tuple[str, str],
    values: Mapping[str, object],
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    """Keep the form that comes with a message, then send the message: name and form key."""
    name, form_key = message
    instance_id = application.instance_id or ""
    form = form_in_service(form_key, session=session)
    answers = Answers(instance_id=instance_id, form=form, form_key=form_key, values=values)
    record(answers, by=by, session=session, clock=clock)
    return engine.send_message(instance_id, name, {}, by=by, session=session)


def _counting_instant(new: Submission, call_round: CallRound, now: datetime) -> datetime:
    """Tell the instant that counts: the server's, or noon of the postmark's day."""
    counts_at = now
    if new.postmark_on is not None:
        if new.postmark_on > local_date(now):
            raise PostmarkMissing
        counts_at = min(end_of_postmark_day(new.postmark_on), now)
    is_in_time = local_date(call_round.opens_at) <= local_date(counts_at) and (
        call_round.closes_at is None or counts_at < call_round.closes_at
    )
    is_taken = call_round.stage == "open" or (
        new.postmark_on is not None and call_round.stage == "closed"
    )
    if not (is_in_time and is_taken):
        raise RoundNotOpen(call_round.number)
    return counts_at


def chosen_sites(
    values: Mapping[str, object], call_round: CallRound, session: Session
) -> Sequence[str]:
    """Give the sites of an application's form by preference.

    Raises:
        SiteNotInRound, RoomTypeNotOffered: the call does not offer them.
    """
    sites = [str(values[name]) for name in SITE_FIELDS if values.get(name)]
    offered = select(CallOffer.site, CallOffer.room_type).where(CallOffer.round_id == call_round.id)
    pairs = {(site, room_type) for site, room_type in session.execute(offered)}
    known = {site for site, _room_type in pairs}
    for place, site in enumerate(sites):
        if site not in known or site in sites[:place]:
            raise SiteNotInRound(site)
    room_type = str(values["room_type"])
    if any((site, room_type) not in pairs for site in sites):
        raise RoomTypeNotOffered(room_type)
    return sites


def _application(
    new: Submission, call_round: CallRound, by: Actor, counts_at: datetime, house: House
) -> HousingApplication:
    values, now = new.values, house.clock.now()
    year, serial = next_serial("application", now, house.session)
    household_class = str(values["household_class"])
    is_online = new.channel == "online"
    application = HousingApplication(
        number=application_number(year, serial),
        token=new.token,
        round_id=call_round.id,
        person_id=_applicant(new, by, house),
        account_id=int(by.id) if is_online else None,
        channel=new.channel,
        postmark_on=new.postmark_on,
        received_at=now,
        counts_at=counts_at,
        state="submitted",
        state_at=now,
        household_class=household_class,
        class_subtype=_text_or_none(values.get("class_subtype")),
        agrees_general=values.get("agrees_general") is True,
        room_type=str(values["room_type"]),
        city_link=str(values["city_link"]),
        owns_home=str(values["owns_home"]),
        income_month_person_twd=_whole(values.get("income_month_person")),
        property_twd=_whole(values.get("property_value")),
        other_subsidy=values.get("other_subsidy") is True,
        years_used=_whole(values.get("years_used")),
        has_arrears=values.get("has_arrears") is True,
        unborn=int(values.get("applicant_pregnant") is True),
        is_disabled=values.get("applicant_disabled") is True,
        wishes=[name for name in WISHES if values.get(name) is True],
        used_mydata=new.has_mydata,
        needs_second=False,
        supplement_rounds=0,
    )
    house.session.add(application)
    house.session.flush()
    return application


def _applicant(new: Submission, by: Actor, house: House) -> int:
    values = new.values
    born_on = values["dob"]
    person = NewPerson(
        name=str(values["name"]),
        national_id=str(values["nat_id"]),
        born_on=born_on if isinstance(born_on, date) else date.fromisoformat(str(born_on)),
        mobile=str(values.get("mobile") or ""),
        email=str(values.get("email") or ""),
        registered_address=str(values.get("address_registered") or ""),
        contact_address=str(values.get("address_contact") or ""),
    )
    national_id, _kind = check_national_id(person.national_id, is_demo=house.is_demo)
    known = persons.person_id_of(national_id, vault=house.vault, session=house.session)
    person_id = persons.find_or_register(
        person,
        vault=house.vault,
        is_demo=house.is_demo,
        session=house.session,
        clock=house.clock,
    )
    is_new = known is None or not _is_known(person_id, house.session)
    if new.channel == "online" and _is_own(person_id, int(by.id), is_new, house):
        since = house.clock.now() if values.get("consent_electronic") is True else None
        persons.agree_to_electronic_service(person_id, since, session=house.session)
    return person_id


def _is_known(person_id: int, session: Session) -> bool:
    """Tell whether the office keeps more of a person than that he belongs to a household."""
    kept = (
        select(HousingApplication.id).where(HousingApplication.person_id == person_id),
        select(LeaseParty.id).where(LeaseParty.person_id == person_id),
        select(LetterRow.id).where(LetterRow.person_id == person_id),
    )
    return any(session.scalar(each.limit(1)) is not None for each in kept)


def _is_own(person_id: int, account_id: int, is_new: bool, house: House) -> bool:
    """Tell whether an account stands for a person; it comes to stand for one it registers itself.

    Whoever knows the number of somebody the office knows already proves to be him first: see
    docs/decisions/0007-who-an-account-is.md.
    """
    row = house.session.get_one(Person, person_id)
    taken = house.session.scalar(select(Person.id).where(Person.account_id == account_id))
    if is_new and taken is None:
        persons.link_account(person_id, account_id, session=house.session)
    return row.account_id == account_id


def _add_members(
    application: HousingApplication, values: Mapping[str, object], house: House
) -> None:
    named = {application.person_id}
    rows = values.get("household")
    for row in rows if isinstance(rows, list) else []:
        born_on = row["member_dob"]
        person_id = persons.find_or_register(
            NewPerson(
                name=str(row["member_name"]),
                national_id=str(row["member_nat_id"]),
                born_on=born_on if isinstance(born_on, date) else date.fromisoformat(str(born_on)),
            ),
            vault=house.vault,
            is_demo=house.is_demo,
            session=house.session,
            clock=house.clock,
        )
        if person_id in named:
            raise NamedTwice
        named.add(person_id)
        house.session.add(
            ApplicationMember(
                application_id=application.id,
                person_id=person_id,
                relation=str(row["relation"]),
                lives_in=row.get("lives_in") is True,
                is_disabled=row.get("is_disabled") is True,
                is_pregnant=row.get("is_pregnant") is True,
            )
        )
    house.session.flush()


def _add_papers(
    application: HousingApplication, new: Submission, now: datetime, session: Session
) -> None:
    papers: list[tuple[str, str, str | None]] = []
    if new.has_mydata:
        papers += [(kind, "mydata", None) for kind in REQUIRED_PAPERS]
    for kind in PAPERS:
        files = new.values.get(f"doc_{kind}")
        source = "upload" if new.channel == "online" else "scan"
        papers += [(kind, source, str(each)) for each in files] if isinstance(files, list) else []
    papers += [("form", "scan", file_id) for file_id in new.scans]
    papers += [(kind, "counter", None) for kind in new.papers]
    session.add_all(
        ApplicationDocument(
            application_id=application.id,
            kind=kind,
            source=source,
            file_id=file_id,
            is_readable=True,
            came_at=now,
        )
        for kind, source, file_id in papers
    )


def _add_consents(
    application: HousingApplication, new: Submission, now: datetime, session: Session
) -> None:
    session.add_all(
        ApplicationConsent(
            application_id=application.id,
            kind=kind,
            version=version,
            is_given=new.values.get(f"consent_{kind}") is True,
            at=now,
            channel=new.channel,
            address=new.address,
        )
        for kind, version in CONSENT_TEXTS.items()
    )
    session.flush()


def _keep_form(new: Submission, instance_id: str, by: Actor, house: House) -> None:
    """Keep the form in the record of the case, national ids masked."""
    answers = Answers(
        instance_id=instance_id,
        form=form_in_service(APPLICATION_FORM, session=house.session),
        form_key=APPLICATION_FORM,
        values=masked(new.values),
    )
    record(answers, by=by, session=house.session, clock=house.clock)
    if new.channel == "online":
        take_in(instance_id, account_party(by.id), "reporter", session=house.session)


def masked(values: Mapping[str, object]) -> dict[str, object]:
    """Give the answers of the form with masked national ids."""
    found = dict(values)
    if found.get("nat_id"):
        found["nat_id"] = _mask(found["nat_id"])
    rows = found.get("household")
    if isinstance(rows, list):
        found["household"] = [
            {**row, "member_nat_id": _mask(row.get("member_nat_id"))} for row in rows
        ]
    return found


def _mask(value: object) -> str:
    return mask_national_id(str(value or "").strip().upper())


def _whole(value: object) -> int:
    return int(str(value or 0))


def _text_or_none(value: object) -> str | None:
    return str(value) if value else None
