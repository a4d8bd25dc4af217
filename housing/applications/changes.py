"""What an applicant changes after handing in: how he is reached, and the answers still open.

Contact data may change as long as the case runs; what is applied for until the intake closes; what
was declared also while a supplement is asked for, because the rules look at it again afterwards.
"""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import StepResult
from engine.types import CITY, Actor
from housing.applications import mydata
from housing.applications.desk import (
    application_of,
    consents_of,
    round_of,
    sites_of,
    tell_applicant,
)
from housing.applications.errors import ConsentNotGiven, ContactOfAnother, NothingChanged
from housing.applications.models import (
    ApplicationChange,
    ApplicationConsent,
    ApplicationSite,
    CallOffer,
    HousingApplication,
)
from housing.applications.rules import CONSENT_TEXTS
from housing.applications.service import (
    SITE_FIELDS,
    WISHES,
    House,
    chosen_sites,
    own_application,
    send_form,
)
from housing.persons import service as persons
from housing.persons.models import Person
from housing.persons.service import Contact
from housing.places.queries import communities
from housing.slices import NOTHING, Call, Result

CHANGE_MESSAGE = "application.change"
CHANGE_FORM = "application_review/change"
WITHDRAWABLE = frozenset({"mydata", "electronic"})
"""Consents that may be taken back alone; the others carry the application itself."""

CONTACT_FIELDS: Mapping[str, str] = {
    "mobile": "mobile",
    "email": "email",
    "address_registered": "registered_address",
    "address_contact": "contact_address",
}
"""Field of the form to the column of the person."""

_WISH_COLUMNS = {
    "room_type": "room_type",
    "household_class": "household_class",
    "class_subtype": "class_subtype",
    "agrees_general": "agrees_general",
}
_FACT_COLUMNS = {
    "city_link": "city_link",
    "owns_home": "owns_home",
    "income_month_person": "income_month_person_twd",
    "property_value": "property_twd",
    "other_subsidy": "other_subsidy",
    "years_used": "years_used",
    "has_arrears": "has_arrears",
    "applicant_pregnant": "unborn",
    "applicant_disabled": "is_disabled",
}
_COLUMNS = {**_WISH_COLUMNS, **_FACT_COLUMNS}
_AMOUNTS = frozenset({"income_month_person", "property_value", "years_used"})
_CHECKS = frozenset({"agrees_general", "other_subsidy", "has_arrears", "applicant_disabled"})


def may_change_wishes(application: HousingApplication, *, session: Session) -> bool:
    """Tell whether what is applied for may still change: until the intake closes."""
    is_waiting = application.state == "submitted"
    return is_waiting and round_of(application.round_id, session=session).stage == "open"


def may_change_facts(application: HousingApplication, *, session: Session) -> bool:
    """Tell whether declared facts may still change: until the intake closes, or in a supplement."""
    in_supplement = application.state == "supplement"
    return in_supplement or may_change_wishes(application, session=session)


def context(application: HousingApplication, *, session: Session) -> Mapping[str, object]:
    """Give what the form of a change may name: what stands there now, and what may change."""
    sites = select(CallOffer.site).where(CallOffer.round_id == application.round_id).distinct()
    names = {each.code: each.name for each in communities(session=session)}
    return {
        "known": known(application, session=session),
        "may_change_wishes": may_change_wishes(application, session=session),
        "may_change_facts": may_change_facts(application, session=session),
        "sites": [
            {"value": site, "label": names.get(site, site)}
            for site in session.scalars(sites.order_by(CallOffer.site))
        ],
    }


def known(application: HousingApplication, *, session: Session) -> Mapping[str, object]:
    """Give the answers as they stand now, by the names of the form; the mobile number stays out."""
    person = session.get_one(Person, application.person_id)
    sites = [*sites_of(application.id, session=session), None, None, None]
    return {
        "email": person.email,
        "address_registered": person.registered_address,
        "address_contact": person.contact_address,
        **dict(zip(SITE_FIELDS, sites, strict=False)),
        **{name: name in application.wishes for name in WISHES},
        **{name: getattr(application, column) for name, column in _COLUMNS.items()},
        "applicant_pregnant": application.unborn > 0,
    }


def change(
    application: HousingApplication, values: Mapping[str, object], *, by: Actor, house: House
) -> StepResult:
    """Change contact data and answers, as far as may be, and tell the process.

    Raises:
        NotYourApplication: as `own_application`.
        ContactOfAnother: the person has an account of his own that is not the applicant's.
        NothingChanged: all is as it was.
        SiteNotInRound, RoomTypeNotOffered, MobileInvalid: the new answers break a rule.
        MessageNotExpected: the case has ended.
    """
    own_application(application.number, by=by, session=house.session)
    wanted = _changed(application, values, house.session)
    if not wanted:
        raise NothingChanged(application.number)
    _change_contact(application, wanted, by, house)
    _change_answers(application, values, wanted, house.session)
    house.session.add(
        ApplicationChange(
            application_id=application.id,
            at=house.clock.now(),
            account_id=by.id,
            account_name=by.name,
            fields=sorted(wanted),
        )
    )
    house.session.flush()
    return send_form(
        application,
        (CHANGE_MESSAGE, CHANGE_FORM),
        {**wanted, "change_reason": values.get("change_reason")},
        by=by,
        engine=house.engine,
        session=house.session,
        clock=house.clock,
    )


def tell_change(call: Call, application_id: int) -> Result:
    """Tell the applicant that his data was changed; by whom and which fields the case shows."""
    application = application_of(application_id, session=call.session)
    tell_applicant(call, application, "application_changed", {})
    return NOTHING


def withdraw_consent(  # noqa: PLR0913  # who takes what back, from where
    number: str, kind: str, *, by: Actor, address: str, session: Session, clock: Clock
) -> None:
    """Take a consent back: a new row; what the law already gave a basis stays.

    Without electronic service letters go by registered mail from now on; the days of a supplement
    stay those of the application's channel. Without MyData no transfer that waits is used any more.

    Raises:
        ApplicationNotFound, NotYourApplication: as `own_application`.
        ConsentNotGiven: it is not given now, or cannot be taken back alone.
    """
    application = own_application(number, by=by, session=session)
    if kind not in WITHDRAWABLE or not consents_of(application.id, session=session)[kind].is_given:
        raise ConsentNotGiven(number)
    is_own = by.id == str(application.account_id)
    session.add(
        ApplicationConsent(
            application_id=application.id,
            kind=kind,
            version=CONSENT_TEXTS[kind],
            is_given=False,
            at=clock.now(),
            channel="online" if is_own else "paper",
            address=address,
        )
    )
    if kind == "electronic":
        persons.agree_to_electronic_service(application.person_id, None, session=session)
    elif application.account_id is not None:
        account_id = str(application.account_id)
        mydata.refuse_waiting(account_id, application.round_id, session=session, clock=clock)
    session.flush()


def _changed(
    application: HousingApplication, values: Mapping[str, object], session: Session
) -> dict[str, object]:
    """Give the answers that differ from what stands there, and may."""
    now = known(application, session=session)
    allowed = set(CONTACT_FIELDS)
    if may_change_wishes(application, session=session):
        allowed |= {*SITE_FIELDS, *WISHES, *_WISH_COLUMNS}
    if may_change_facts(application, session=session):
        allowed |= set(_FACT_COLUMNS)
    answered = {name: values[name] for name in allowed if name in values}
    if not answered.get("mobile"):
        answered.pop("mobile", None)
    if "address_contact" in answered and not answered["address_contact"]:
        answered["address_contact"] = values.get("address_registered", now["address_registered"])
    return {name: value for name, value in answered.items() if _differs(value, now.get(name))}


def _differs(new: object, old: object) -> bool:
    return (new or None) != (old or None)


def _change_contact(
    application: HousingApplication, wanted: Mapping[str, object], by: Actor, house: House
) -> None:
    contact = {
        column: str(wanted[name] or "") for name, column in CONTACT_FIELDS.items() if name in wanted
    }
    if not contact:
        return
    owner = house.session.get_one(Person, application.person_id).account_id
    if owner is not None and by.id != str(owner) and not by.belongs_to("officer", CITY):
        raise ContactOfAnother(application.number)
    persons.change_contact(
        application.person_id, Contact(**contact), vault=house.vault, session=house.session
    )


def _change_answers(
    application: HousingApplication,
    values: Mapping[str, object],
    wanted: Mapping[str, object],
    session: Session,
) -> None:
    for name, column in _COLUMNS.items():
        if name in wanted:
            setattr(application, column, _stored(name, wanted[name]))
    if wanted.keys() & set(WISHES):
        kept = {**{name: name in application.wishes for name in WISHES}, **wanted}
        application.wishes = [name for name in WISHES if kept[name] is True]
    if wanted.keys() & {*SITE_FIELDS, "room_type"}:
        call_round = round_of(application.round_id, session=session)
        sites = chosen_sites(values, call_round, session)
        session.execute(
            delete(ApplicationSite).where(ApplicationSite.application_id == application.id)
        )
        session.add_all(
            ApplicationSite(application_id=application.id, preference=place, site=site)
            for place, site in enumerate(sites, start=1)
        )
    session.flush()


def _stored(name: str, value: object) -> object:
    if name in _AMOUNTS:
        return int(str(value or 0))
    if name == "applicant_pregnant":
        return int(value is True)
    if name in _CHECKS:
        return value is True
    return value or None
