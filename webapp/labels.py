"""Words for the codes that processes and tables store."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.application_words import (
    APPLICATION_CHANNELS,
    APPLICATION_STATES,
    CALL_KINDS,
    CALL_STAGES,
    CONSENT_KINDS,
    DEFECTS,
    HOUSEHOLD_CLASSES,
    REJECTION_REASONS,
    ROOM_TYPES,
)
from webapp.care_labels import CARE
from webapp.draft_words import DRAFT_WORDS
from webapp.form_words import FORM_WORDS
from webapp.key_words import COMMANDS
from webapp.lease_words import LEASE_WORDS
from webapp.own_data_words import OWN_DATA_WORDS

ROLES: Mapping[str, LazyString] = {
    "resident": _l("Resident"),
    "property_manager": _l("Property manager"),
    "property_manager_lead": _l("Property manager lead"),
    "social_worker": _l("Social worker"),
    "social_worker_lead": _l("Lead of the social workers"),
    "contractor": _l("Contractor"),
    "officer": _l("Housing officer"),
    "section_chief": _l("Section chief"),
    "finance": _l("Finance"),
    "ethics_office": _l("Ethics office"),
    "process_supervisor": _l("Process supervisor"),
    "process_approver": _l("Process approver"),
    "administrator": _l("Administrator"),
    "applicant": _l("Applicant"),
    "witness": _l("Witness"),
    "system": _l("System"),
}

STAGES: Mapping[str, LazyString] = {
    "submitted": _l("Reported"),
    "triaged": _l("Assessed"),
    "dispatched": _l("Order placed"),
    "quoted": _l("Quote received"),
    "approved": _l("Quote approved"),
    "scheduled": _l("Visit arranged"),
    "in_progress": _l("Under repair"),
    "done_reported": _l("Repair reported as done"),
    "on_hold": _l("On hold"),
    "rework": _l("Sent back for rework"),
    "substituted": _l("Handed to a substitute contractor"),
    "project": _l("Handled as a project"),
    "self_repair": _l("Resident repairs it"),
    "resolved_onsite": _l("Solved on site"),
    "closed": _l("Closed"),
    "cancelled": _l("Cancelled"),
    "merged": _l("Merged with another report"),
}

CATEGORIES: Mapping[str, LazyString] = {
    "water": _l("Water, leaks, toilet"),
    "electric_power": _l("Power supply"),
    "electrical": _l("Sockets, switches, lights"),
    "gas": _l("Gas"),
    "fire_safety": _l("Fire safety"),
    "door_window": _l("Doors, windows, locks"),
    "wall_tile": _l("Walls, tiles, paint"),
    "appliance": _l("Appliances"),
    "lift": _l("Lift"),
    "network": _l("Network, intercom"),
    "other": _l("Something else"),
}

CONTRACTOR_KINDS: Mapping[str, LazyString] = {
    "warranty": _l("Warranty contractor"),
    "repair": _l("Repair contractor"),
}

RUNGS: Mapping[str, LazyString] = {
    "half": _l("Reminder sent"),
    "day_before": _l("Reminder sent: due soon"),
    "overdue": _l("Overdue now"),
    "escalated": _l("Escalated: still overdue"),
    "chief": _l("Escalated: long overdue"),
}
"""Levels of a ladder's rungs, as the timeline tells that one fired."""

HISTORY_KINDS: Mapping[str, LazyString] = {
    "started": _l("Case opened"),
    "task_created": _l("Task created"),
    "task_claimed": _l("Task claimed"),
    "task_released": _l("Task released"),
    "task_assigned": _l("Task assigned"),
    "task_delegated": _l("Task delegated"),
    "task_returned": _l("Delegated task returned"),
    "task_completed": _l("Task completed"),
    "task_cancelled": _l("Task withdrawn"),
    "service_done": _l("Done by the system"),
    "service_failed": _l("System step failed"),
    "decision_made": _l("Decided by rule"),
    "script_done": _l("Computed by the system"),
    "timer_fired": _l("Deadline reached"),
    "message_received": _l("Message received"),
    "deadline_extended": _l("Deadline extended"),
    "deadline_recomputed": _l("Deadline moved by the working calendar"),
    "deadline_waived": _l("Deadline waived"),
    "clock_paused": _l("Clock stopped"),
    "clock_resumed": _l("Clock runs on"),
    "task_reassigned": _l("Handed to another group"),
    "priority_raised": _l("Priority raised"),
    "priority_set": _l("Priority changed"),
    "follow_up_set": _l("Follow-up date set"),
    "reminder_sent": _l("Reminder sent"),
    "escalated": _l("Escalated"),
    "gateway_passed": _l("Path taken"),
    "ended": _l("Case ended"),
    "suspended": _l("Case suspended"),
    "resumed": _l("Case resumed"),
    "cancelled": _l("Case cancelled"),
    "token_moved": _l("Moved to another step"),
    "variables_corrected": _l("Data of the process corrected"),
    "migrated": _l("Moved to a newer version of the process"),
    "migration_undone": _l("Move to another version undone"),
    "start_planned": _l("Begun by its schedule"),
    "incident_opened": _l("Incident opened"),
    "incident_resolved": _l("Incident resolved"),
    "end_reached": _l("End reached"),
    "message_thrown": _l("Message sent"),
    "message_expired": _l("Message not collected in time"),
    "signal_thrown": _l("Signal sent"),
    "signal_received": _l("Signal received"),
    "escalation_thrown": _l("Escalation raised"),
    "compensation_thrown": _l("Compensation begun"),
    "call_started": _l("Called process begun"),
    "ad_hoc_started": _l("Ad-hoc work begun"),
    "error_uncaught": _l("Error that nothing caught"),
    "join_conflict": _l("Different values met at a join"),
}

CLOCK_STATES: Mapping[str, LazyString] = {
    "running": _l("Running"),
    "paused": _l("Clock stopped"),
    "met": _l("In time"),
    "met_late": _l("Done late"),
    "breached": _l("Overdue"),
    "waived": _l("Waived"),
    "cancelled": _l("Withdrawn in time"),
}

MERGE_OBSTACLES: Mapping[str, LazyString] = {
    "itself": _l("it is the lead case itself"),
    "other_process": _l("it is a case of another process"),
    "merged": _l("one of them is merged into another case already"),
    "leads": _l("other cases are merged into it"),
    "ended": _l("one of them has ended"),
    "suspended": _l("one of them is suspended"),
    "forbidden": _l("you may not merge it"),
    "own_course": _l("each case of this process settles something of its own"),
    "secret": _l("its process keeps its course to itself"),
}

INSTANCE_STATES: Mapping[str, LazyString] = {
    "active": _l("Running"),
    "suspended": _l("Suspended"),
    "completed": _l("Completed"),
    "cancelled": _l("Cancelled"),
}

CHANNELS: Mapping[str, LazyString] = {
    "mail": _l("E-mail"),
    "push": _l("Push message"),
    "sms": _l("Text message"),
    "line": _l("LINE"),
    "muted": _l("Portal only"),
    "portal": _l("Electronic service, portal"),
    "email": _l("Electronic service, e-mail"),
    "registered_mail": _l("Registered mail with receipt"),
    "hand": _l("Handed over"),
}

TOPICS: Mapping[str, LazyString] = {
    "urgent": _l("Urgent notices"),
    "progress": _l("News of my cases"),
    "reminder": _l("Reminders before a deadline"),
    "overdue": _l("Overdue work"),
    "weekly": _l("Weekly digest of my team"),
    "news_general": _l("Announcements: general"),
    "news_outage": _l("Announcements: outages"),
    "news_safety": _l("Announcements: safety"),
    "news_event": _l("Announcements: events"),
    "news_policy": _l("Announcements: policy information"),
}

TOPIC_HINTS: Mapping[str, LazyString] = {
    "urgent": _l("Emergencies such as floods or gas. At least one channel stays."),
    "progress": _l("Received, decided, arranged, done; letters of the office."),
    "reminder": _l("At half time, by push message if you take any, and a day before the end."),
    "overdue": _l("Your own tasks, and those of the people you supervise."),
    "weekly": _l("On the first working day of a week: open, overdue, unclaimed, absent."),
    "news_general": _l("News of your community and the office."),
    "news_outage": _l("Water, power, lifts and other equipment."),
    "news_safety": _l("Fire drills, works on the building, storms."),
    "news_event": _l("What takes place in your community."),
    "news_policy": _l("Subsidies, rules, new services."),
}

NEWS_CATEGORIES: Mapping[str, LazyString] = {
    "general": _l("General"),
    "outage": _l("Outage"),
    "safety": _l("Safety"),
    "event": _l("Community event"),
    "policy": _l("Policy information"),
    "emergency": _l("Emergency"),
}

NEWS_STATES: Mapping[str, LazyString] = {
    "draft": _l("Returned draft"),
    "in_review": _l("Waits for approval"),
    "scheduled": _l("Scheduled"),
    "published": _l("Now in force"),
    "corrected": _l("Now in force, corrected"),
    "withdrawn": _l("Withdrawn"),
    "expired": _l("Period over"),
}

NEWS_DELIVERY: Mapping[str, LazyString] = {
    "queued": _l("Waits to be sent"),
    "sent": _l("Sent out"),
    "delivered": _l("On the phone"),
    "read": _l("Read"),
    "acknowledged": _l("Acknowledged"),
    "failed": _l("Not reached"),
}

NEWS_ENDS: Mapping[str, LazyString] = {
    "withdrawn": _l("Withdrawn by the author"),
    "wrong_scope": _l("Withdrawn: it had reached the wrong people"),
    "reviewed": _l("Ended by the review"),
    "incident_over": _l("The trouble is over"),
    "expired": _l("Its period is over"),
}

DISPATCH_STATES: Mapping[str, LazyString] = {
    "waiting": _l("Waiting"),
    "failed": _l("Failed, will be tried again"),
    "sent": _l("Arrived"),
    "opened": _l("Opened"),
    "dead": _l("Given up"),
}

FIRST_SIGN_INS: Mapping[str, LazyString] = {
    "open": _l("Still good"),
    "used": _l("Used"),
    "revoked": _l("Revoked"),
    "tried": _l("Tried too often"),
    "expired": _l("Expired"),
}

LETTER_STATES: Mapping[str, LazyString] = {
    "draft": _l("Draft"),
    "sent": _l("Sent, not yet served"),
    "served": _l("Served"),
}

UNIT_STATES: Mapping[str, LazyString] = {
    "vacant": _l("Empty"),
    "preparing": _l("Being prepared"),
    "ready": _l("Ready to let"),
    "offered": _l("Offered"),
    "leased": _l("Let"),
    "notice_given": _l("Notice given"),
}

LEASE_STATES: Mapping[str, LazyString] = {"active": _l("Running"), "ended": _l("Ended")}

PROOFS: Mapping[str, LazyString] = {
    "portal_notified": _l("Notified in the portal"),
    "portal_read": _l("Read in the portal"),
    "registered_receipt": _l("Receipt of the registered letter"),
    "postmark": _l("Postmark"),
    "deposited": _l("Deposited at the post office"),
    "handed": _l("Handed over in person"),
}

ELEMENT_KINDS: Mapping[str, LazyString] = {
    "userTask": _l("Task of a person"),
    "serviceTask": _l("System step"),
    "businessRuleTask": _l("Decision by rule"),
    "scriptTask": _l("Computation"),
    "receiveTask": _l("Waits for a message"),
    "sendTask": _l("Sends a message"),
    "callActivity": _l("Other process"),
    "subProcess": _l("Sub-process"),
    "startEvent": _l("Start"),
    "endEvent": _l("End"),
    "intermediateCatchEvent": _l("Waits for an event"),
    "intermediateThrowEvent": _l("Event"),
    "boundaryEvent": _l("Event during a step"),
    "exclusiveGateway": _l("Branch: one path"),
    "inclusiveGateway": _l("Branch: one or more paths"),
    "parallelGateway": _l("Branch: all paths"),
    "eventBasedGateway": _l("Branch: first event"),
}

JOB_KINDS: Mapping[str, LazyString] = {
    "timer": _l("Timer"),
    "service": _l("System step"),
    "rung": _l("Reminder"),
    "message": _l("Message between cases"),
    "signal": _l("Signal"),
    "start": _l("Start by schedule"),
    "migration": _l("Move to another version"),
    "calendar": _l("New working calendar"),
    "recount": _l("Due date counted anew"),
}

WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "news_category": NEWS_CATEGORIES,
    "news_state": NEWS_STATES,
    "news_delivery": NEWS_DELIVERY,
    "news_end": NEWS_ENDS,
    **LEASE_WORDS,
    **CARE,
    **DRAFT_WORDS,
    **FORM_WORDS,
    "call_stage": CALL_STAGES,
    "call_kind": CALL_KINDS,
    "application_state": APPLICATION_STATES,
    "application_channel": APPLICATION_CHANNELS,
    "consent": CONSENT_KINDS,
    "rejection_reason": REJECTION_REASONS,
    "application_defect": DEFECTS,
    "household_class": HOUSEHOLD_CLASSES,
    "room_type": ROOM_TYPES,
    "role": ROLES,
    "stage": STAGES,
    "category": CATEGORIES,
    "contractor_kind": CONTRACTOR_KINDS,
    "history": HISTORY_KINDS,
    "rung": RUNGS,
    "clock_state": CLOCK_STATES,
    "instance": INSTANCE_STATES,
    "merge_obstacle": MERGE_OBSTACLES,
    "channel": CHANNELS,
    "dispatch": DISPATCH_STATES,
    "job": JOB_KINDS,
    "lease": LEASE_STATES,
    "unit_state": UNIT_STATES,
    "letter": LETTER_STATES,
    "first_sign_in": FIRST_SIGN_INS,
    **OWN_DATA_WORDS,
    "proof": PROOFS,
    "command": COMMANDS,
    "element": ELEMENT_KINDS,
}


def label(code: object, kind: str) -> str:
    """Say a stored code in the reader's language; an unknown code is shown as it is.

    Args:
        code: the stored code.
        kind: which table of words: a key of WORDS.
    """
    return str(WORDS[kind].get(str(code), code))
