"""Words for the codes that care stores."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

CARE: Mapping[str, Mapping[str, LazyString]] = {
    "care_level": {
        "emergency": _l("Emergency"),
        "high": _l("High"),
        "medium": _l("Medium"),
        "low": _l("Low"),
    },
    "bsrs_band": {
        "normal": _l("0 to 5: normal"),
        "light": _l("6 to 9: light"),
        "medium": _l("10 to 14: medium"),
        "severe": _l("15 to 20: severe"),
    },
    "care_state": {
        "triage": _l("Waits for triage"),
        "emergency": _l("Emergency under way"),
        "active": _l("In service"),
        "refused": _l("Household refuses"),
        "closed": _l("Closed"),
    },
    "care_source": {
        "observation": _l("Property manager's observation"),
        "repair": _l("Found at a repair"),
        "request": _l("Resident's own request"),
        "referral": _l("Referral"),
        "arrears": _l("Two months of rent owed"),
        "move_in": _l("Household in need moved in"),
    },
    "care_sign": {
        "unseen_2d": _l("Not seen for two days"),
        "mail": _l("Mail piles up"),
        "smell": _l("Smell"),
        "quarrel": _l("Quarrel or crying"),
        "child_alone": _l("Child alone at home"),
        "suicide_talk": _l("Talk of suicide"),
        "lost": _l("Lost or confused"),
        "unkempt": _l("Person or home much worse"),
        "other": _l("Something else"),
    },
    "care_contact": {
        "any": _l("By phone or at home"),
        "phone_only": _l("Only by the person's own phone"),
        "office": _l("The person comes to the station"),
    },
    "care_advice": {
        "watch_seen": _l("Not seen for two days: tell the social worker"),
        "knock_mail": _l("Mail piles up: knock"),
        "call_noise": _l("Quarrel: call 110 and tell the social worker"),
        "no_contact": _l("Do not approach; call the social worker"),
        "help_door": _l("Help with doors and carrying"),
    },
    "care_result": {
        "met": _l("Met"),
        "not_met": _l("Not met"),
        "refused": _l("Visit refused"),
    },
    "care_place": {
        "home": _l("At home"),
        "station": _l("At the station"),
        "phone": _l("By phone"),
    },
    "care_action": {
        "low_income": _l("Low-income status or aid"),
        "long_term_care": _l("Long-term care"),
        "employment": _l("Employment service"),
        "legal_aid": _l("Legal aid"),
        "alarm_device": _l("Emergency call device"),
        "medical": _l("Medical treatment"),
        "school": _l("School or child care"),
        "instalment": _l("Rent by instalments"),
        "repair": _l("Repair of the home"),
        "other": _l("Something else"),
    },
    "care_action_state": {
        "open": _l("Open"),
        "done": _l("Done"),
        "accepted": _l("Accepted by the service"),
        "declined": _l("Not wanted"),
        "ineligible": _l("Not entitled"),
        "cancelled": _l("Cancelled"),
    },
    "care_closing": {
        "no_need": _l("No need"),
        "goal_met": _l("Goals reached"),
        "no_more_need": _l("No need any more"),
        "other_service": _l("Another service took over"),
        "household_wish": _l("The household wished so"),
        "refused": _l("Refused, without danger"),
        "transferred": _l("Handed over to the next district"),
        "deceased": _l("Ended by death"),
    },
    "care_purpose": {
        "": _l("None"),
        "visit": _l("Preparing a visit"),
        "review": _l("Review by the lead"),
        "referral": _l("Referral"),
        "handover": _l("Deputy or hand-over"),
        "complaint": _l("Complaint or request of the person"),
    },
    "care_access": {
        "overview": _l("Overview"),
        "record": _l("Record"),
        "confidential": _l("Record with confidential part"),
        "refused": _l("Refused"),
    },
    "care_report": {
        "draft": _l("Being written"),
        "submitted": _l("Under review"),
        "returned": _l("Sent back"),
        "approved": _l("Approved and locked"),
        "late_approved": _l("Approved, late"),
    },
    "care_figure": {
        "visits": _l("Visits"),
        "not_met": _l("Visits without meeting anybody"),
        "cases_high": _l("Cases in service: high"),
        "cases_medium": _l("Cases in service: medium"),
        "cases_low": _l("Cases in service: low"),
        "opened": _l("New cases"),
        "closed": _l("Closed cases"),
        "emergencies": _l("Emergencies"),
        "referrals": _l("Referrals"),
        "referrals_done": _l("Referrals completed"),
        "hours": _l("Hours of service"),
    },
}
"""Kind of code to its words."""
