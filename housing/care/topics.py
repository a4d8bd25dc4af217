"""What the diagrams `care.case`, `care.watch`, `care.monthly` and `care.month` call, by topic."""

from collections.abc import Mapping

from housing.care import operations, reports, watching
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "care.alarm": operations.alarm,
    "care.record_triage": operations.record_triage,
    "care.begin_emergency": operations.begin_emergency,
    "care.record_emergency": operations.record_emergency,
    "care.record_plan": operations.record_plan,
    "care.record_refusal": operations.record_refusal,
    "care.record_visit": operations.record_visit,
    "care.plan_next": operations.plan_next,
    "care.pass_record": operations.pass_record,
    "care.record_action": operations.record_action,
    "care.record_review": operations.record_review,
    "care.close_case": operations.close_case,
    "care.watch": watching.watch,
    "care.open_reports": reports.open_reports,
    "care.submit_report": reports.submit_report,
    "care.return_report": reports.return_report,
    "care.lock_report": reports.lock_report,
}
