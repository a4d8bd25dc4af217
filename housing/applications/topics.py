"""What the diagrams of applications call, by topic."""

from collections.abc import Mapping

from housing.applications import calls, changes, drawing, duplicates, operations, supplements
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "application.receive": operations.receive,
    "application.read_close": operations.read_close,
    "application.gather": operations.gather,
    "application.record_findings": operations.record_findings,
    "application.record_review": operations.record_review,
    "application.note_forgery": operations.note_forgery,
    "application.record_second_round": operations.record_second_round,
    "application.record_second": operations.record_second,
    "application.qualify": operations.qualify,
    "application.enqueue": operations.enqueue,
    "application.reject": operations.reject,
    "application.reopen": operations.reopen,
    "application.tell_change": changes.tell_change,
    "application.withdraw": operations.withdraw,
    "application.close_deceased": operations.close_deceased,
    "application.ask_choice": duplicates.ask_choice,
    "application.resolve_duplicate": duplicates.resolve_duplicate,
    "application.merge": duplicates.merge,
    "application.expire_choice": duplicates.expire_choice,
    "application.send_supplement": supplements.send_supplement,
    "application.start_supplement": supplements.start_supplement,
    "application.grant_extension": supplements.grant_extension,
    "application.record_answer": supplements.record_answer,
    "application.expire_supplement": supplements.expire_supplement,
    "application.restore": supplements.restore,
    "call.set_stage": calls.set_stage,
    "call.update_draft": calls.update_draft,
    "call.publish": calls.publish,
    "call.open": calls.open_intake,
    "call.extend_close": calls.extend_close,
    "call.close": calls.close_intake,
    "call.extend_review": calls.extend_review,
    "call.publish_list": calls.publish_list,
    "call.freeze": calls.freeze,
    "call.record_draw": drawing.record_draw,
    "call.record_objection": calls.record_objection,
    "call.pull_head": calls.pull_head,
}
