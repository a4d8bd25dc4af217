"""What the diagram `repair.ticket` calls, by topic."""

from collections.abc import Mapping

from housing.repairs import operations, project, quoting, substitution
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "repair.notify_emergency": operations.notify_emergency,
    "repair.record_triage": operations.record_triage,
    "repair.merge_ticket": operations.merge_ticket,
    "repair.cancel_ticket": operations.cancel_ticket,
    "repair.set_stage": operations.set_stage,
    "repair.dispatch": operations.dispatch,
    "repair.record_visit": operations.record_visit,
    "repair.hold_ticket": operations.hold_ticket,
    "repair.resume_ticket": operations.resume_ticket,
    "repair.request_quote": quoting.request_quote,
    "repair.record_quote": quoting.record_quote,
    "repair.record_sign_off": quoting.record_sign_off,
    "repair.grant_extension": operations.grant_extension,
    "repair.record_completion": operations.record_completion,
    "repair.record_late": operations.record_late,
    "repair.serve_last_call": substitution.serve_last_call,
    "repair.charge_contractor": substitution.charge_contractor,
    "repair.record_recovery": substitution.record_recovery,
    "repair.start_rework": operations.start_rework,
    "repair.record_project": operations.record_project,
    "repair.notify_penalty": project.notify_penalty,
    "repair.notify_rehousing": project.notify_rehousing,
    "repair.close_ticket": operations.close_ticket,
}
