"""What the decisions need of an application: read from the records, for one step only."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.calendar import local_date
from housing.applications.desk import members_of, papers_of, round_of, settings_of
from housing.applications.duplicates import others_of
from housing.applications.models import HousingApplication
from housing.applications.rules import REQUIRED_PAPERS, persons_range
from housing.persons.queries import persons
from housing.persons.rules import ADULT_AGE, age_on

ELDER_AGE = 65


def facts_of(application: HousingApplication, *, session: Session) -> Mapping[str, object]:
    """Gather the facts of an application as the decision tables name them.

    They hold amounts and ages, so the diagram forgets them at the end of the step.
    """
    call_round = round_of(application.round_id, session=session)
    day = application.postmark_on or local_date(application.counts_at)
    members = members_of(application.id, session=session)
    people = persons([application.person_id, *(m.person_id for m in members)], session=session)
    papers = papers_of(application.id, session=session)
    living = [member for member in members if member.lives_in]
    ages = [age_on(people[each.person_id].born_on, day) for each in living]
    age = age_on(people[application.person_id].born_on, day)
    unborn = application.unborn + sum(member.is_pregnant for member in living)
    fewest, most = persons_range(application.room_type)
    return {
        "household_class": application.household_class,
        "age": age,
        "min_age": call_round.min_age,
        "city_link": application.city_link,
        "link_proof": "link_proof" in papers,
        "home": application.owns_home,
        "share_deed": "share_deed" in papers,
        "income": application.income_month_person_twd,
        "income_limit": call_round.income_limit_twd,
        "property": application.property_twd,
        "property_limit": call_round.property_limit_twd,
        "other_subsidy": application.other_subsidy and "declaration" not in papers,
        "years_used": application.years_used,
        "years_limit": call_round.years_limit,
        "arrears": application.has_arrears and "receipt" not in papers,
        "papers": sorted(papers),
        "missing": [each for each in REQUIRED_PAPERS if each not in papers],
        "persons": 1 + len(living) + unborn,
        "min_persons": fewest,
        "max_persons": most,
        "duplicate": bool(others_of(application, session=session)),
        "uses_score": settings_of(call_round).uses_score,
        "minors": sum(each < ADULT_AGE for each in ages),
        "elders": sum(each >= ELDER_AGE for each in [age, *ages]),
        "disabled": int(application.is_disabled) + sum(each.is_disabled for each in living),
        "pregnant": unborn,
    }
