"""Words for the codes of calls and applications."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

CALL_STAGES: Mapping[str, LazyString] = {
    "drafted": _l("Draft"),
    "approved": _l("Approved"),
    "published": _l("Announced"),
    "open": _l("Open for applications"),
    "closed": _l("Closed, under review"),
    "listed": _l("List published"),
    "frozen": _l("List frozen"),
    "drawn": _l("Drawn, under review"),
    "ended": _l("Intake ended"),
    "dropped": _l("Dropped"),
}
CALL_KINDS: Mapping[str, LazyString] = {
    "periodic": _l("Periodic call"),
    "rolling": _l("Rolling intake"),
}
APPLICATION_STATES: Mapping[str, LazyString] = {
    "submitted": _l("Received"),
    "under_review": _l("Under review"),
    "supplement": _l("Supplement wanted"),
    "duplicate": _l("Choice between duplicates"),
    "second_check": _l("Second check"),
    "rejecting": _l("Rejection in preparation"),
    "rejected": _l("Not qualified"),
    "qualified": _l("Qualified"),
    "withdrawn": _l("Withdrawn"),
    "merged": _l("Merged into another application"),
    "deceased": _l("Closed: applicant died"),
}
HOUSEHOLD_CLASSES: Mapping[str, LazyString] = {
    "general": _l("General household"),
    "care": _l("Care household"),
    "married": _l("Newly married or with children"),
    "registered": _l("Registered in the district"),
    "indigenous": _l("Indigenous household"),
    "feedback": _l("Plan feedback household"),
    "project": _l("Project household"),
}
ROOM_TYPES: Mapping[str, LazyString] = {
    "1BR": _l("One bedroom"),
    "2BR": _l("Two bedrooms"),
    "3BR": _l("Three bedrooms"),
}
APPLICATION_CHANNELS: Mapping[str, LazyString] = {"online": _l("Online"), "paper": _l("On paper")}
REJECTION_REASONS: Mapping[str, LazyString] = {
    "AGE": _l("Under 18"),
    "NO_CITY_LINK": _l("No link to the city"),
    "OWNS_HOME": _l("Owns a home"),
    "INCOME_OVER": _l("Income above the limit"),
    "PROPERTY_OVER": _l("Real estate above the limit"),
    "YEARS_USED": _l("Years in social housing used up"),
    "SUPPLEMENT_EXPIRED": _l("Supplement did not come"),
    "SUPPLEMENT_INCOMPLETE": _l("Still incomplete after the supplement"),
    "DUPLICATE": _l("Family chose none of its applications"),
    "FORGED": _l("Forged papers or another person's name"),
}
DEFECTS: Mapping[str, LazyString] = {
    **REJECTION_REASONS,
    "LINK_PROOF_MISSING": _l("Proof of school or work missing"),
    "SHARE_DEED_MISSING": _l("Deed of the small share missing"),
    "OTHER_SUBSIDY": _l("Draws another housing subsidy"),
    "ARREARS": _l("Owes the office"),
    "DOC_MISSING": _l("Paper missing or unreadable"),
    "CLASS_PROOF_MISSING": _l("Proof of the class missing"),
    "PERSONS_RANGE": _l("Persons do not fit the room type"),
    "DUPLICATE": _l("Applied for twice"),
}
CONSENT_KINDS: Mapping[str, LazyString] = {
    "privacy": _l("Use of personal data"),
    "mydata": _l("Data from MyData, once"),
    "electronic": _l("Electronic service"),
    "truth": _l("What was declared is true"),
}
STATE_KINDS: Mapping[str, str] = {
    "qualified": "good",
    "rejected": "bad",
    "supplement": "wait",
    "duplicate": "wait",
}
"""State to the kind of its badge; all others are neutral."""

STEP_STATES: Mapping[str, int] = {
    "submitted": 1,
    "under_review": 2,
    "second_check": 2,
    "duplicate": 2,
    "supplement": 3,
    "rejecting": 3,
    "qualified": 4,
    "rejected": 4,
}
"""State to how far the citizen's progress line stands."""
