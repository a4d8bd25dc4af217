"""Who may open which route: one row an endpoint. A route without a row is refused."""

from collections.abc import Mapping

from housing.places.rules import PHONE_KEEPERS

ANYONE = "anyone"
"""Pseudo-role: also people who have not signed in."""

PROGRAM = "api_token"
"""Pseudo-role: programs that send an API token; nobody else, signed in or not."""

SIGNED_IN = "signed_in"
"""Pseudo-role: everybody with an account."""

_programs = frozenset({PROGRAM})
_everyone = frozenset({ANYONE})
_signed_in = frozenset({SIGNED_IN})
_staff = frozenset(
    {
        "property_manager",
        "property_manager_lead",
        "social_worker",
        "social_worker_lead",
        "officer",
        "section_chief",
        "finance",
        "ethics_office",
        "process_supervisor",
        "administrator",
    }
)
_workers = _staff | {"process_approver", "contractor"}
_social = frozenset({"social_worker", "social_worker_lead"})
_care_office = _social | {"officer", "section_chief"}
_care_staff = _care_office | {"property_manager", "property_manager_lead"}
_supervisors = frozenset({"process_supervisor", "administrator"})
_repair_office = _staff - _social
_units = _repair_office - {"process_supervisor", "administrator"}  # those that can be asked
_incident_keepers = frozenset(
    {"property_manager", "property_manager_lead", "officer", "section_chief"}
)
_letter_clerks = frozenset({"officer", "section_chief"})
_lease_clerks = frozenset({"officer", "section_chief", "finance"})
_managers = frozenset({"property_manager", "property_manager_lead"})
_bank_players = frozenset({"finance", "process_supervisor", "administrator"})
_reviewers = frozenset({"officer", "section_chief", "ethics_office", "process_supervisor"})
_drafters = frozenset({"process_supervisor"})
_approvers = frozenset({"process_approver"})
_draft_readers = _drafters | _approvers | {"administrator"}
_insight_readers = _draft_readers | {"officer", "section_chief"}
_calendar_keepers = frozenset({"process_supervisor", "officer"})
_chiefs = frozenset({"property_manager_lead", "social_worker_lead", "section_chief"})
_deadline_keepers = frozenset({"officer", "section_chief", "property_manager_lead"})

ROLES_BY_ENDPOINT: Mapping[str, frozenset[str]] = {
    "static": _everyone,
    "health.show": _everyone,
    "health.ready": _everyone,
    "health.show_metrics": _everyone,  # asks for this machine or a token itself
    "auth.sign_in": _everyone,
    "auth.sign_out": _everyone,
    "auth.set_language": _everyone,
    "account.show": _signed_in,
    "account.change_password": _signed_in,
    "account.set_dates": _signed_in,
    "account.end_session": _signed_in,  # finds only sessions of the asking account
    "account.end_other_sessions": _signed_in,
    "auth.ask_code": _everyone,  # finds only a sign-in that waits in this browser
    "sign_up.begin": _everyone,
    "sign_up.forgotten": _everyone,
    "sign_up.start": _everyone,
    "sign_up.answer": _everyone,  # finds only what this browser began
    "sign_up.send_again": _everyone,
    "sign_up.first": _everyone,  # whoever has the code of a letter and knows two facts
    "identity.show_letters": _letter_clerks,
    "identity.issue_letter": _letter_clerks,
    "identity.list_claims": _letter_clerks,
    "identity.decide": _letter_clerks,
    "account.ask_again": _signed_in,
    "own_data.show": _signed_in,
    "own_data.order_copy": _signed_in,
    "own_data.fetch_copy": _signed_in,  # finds only copies of the asking account
    "own_data.ask": _signed_in,
    "own_data.extend": _letter_clerks,
    "passkeys.show": _signed_in,
    "passkeys.ask_to_register": _signed_in,
    "passkeys.register": _signed_in,
    "passkeys.remove": _signed_in,  # finds only passkeys of the asking account
    "passkeys.ask_to_sign_in": _everyone,
    "passkeys.sign_in": _everyone,
    "passkeys.ask_second": _everyone,  # finds only a sign-in that waits in this browser
    "passkeys.finish_sign_in": _everyone,
    "passkeys.ask_to_confirm": _signed_in,
    "passkeys.confirm": _signed_in,
    "second_factors.show": _signed_in,
    "second_factors.begin": _signed_in,
    "second_factors.confirm": _signed_in,
    "second_factors.switch_off": _signed_in,
    "second_factors.renew_codes": _signed_in,
    "second_factors.reset": frozenset({"administrator"}),
    "home.index": _signed_in,
    "offline.manifest": _everyone,
    "offline.worker": _everyone,
    "offline.show": _everyone,  # the same for everybody: the phone fills it
    "offline.show_report": _everyone,
    "offline.session": _everyone,  # tells a stranger nothing
    "offline.send_report": _everyone,  # answers a stranger itself: the phone keeps the report
    "background.show": _signed_in,  # who ordered it, and supervisors
    "background.stop": _signed_in,
    "inbox.list_tasks": _signed_in,
    "inbox.give_next": _signed_in,
    "inbox.show_task": _signed_in,
    "inbox.take_over": _signed_in,
    "inbox.claim": _signed_in,
    "inbox.unclaim": _signed_in,
    "inbox.complete": _signed_in,
    "saved_views.list_all": _workers,
    "saved_views.save": _workers,
    "saved_views.rename": _workers,
    "saved_views.ask_remove": _workers,
    "saved_views.remove": _workers,
    "palette.search": _staff | {"contractor", "process_approver"},
    "palette.find": _staff | {"contractor", "process_approver"},
    "keys.show": _workers,
    "keys.save": _workers,
    "keys.reset_all": _workers,
    "keys.switch_letters": _workers,
    "bulk.choose": _staff | {"contractor"},
    "bulk.show": _staff | {"contractor"},  # who ordered it
    "bulk.say_terms": _staff | {"contractor"},
    "bulk.confirm": _staff | {"contractor"},
    "bulk.go_on": _staff | {"contractor"},
    "bulk.undo": _staff | {"contractor"},
    "bulk.download": _staff | {"contractor"},
    "absences.list_absences": _workers,
    "absences.enter": _workers,
    "absences.show": _workers,  # whom it concerns
    "absences.change": _workers,
    "absences.come_back": _workers,
    "absences.cancel": _workers,
    "absences.show_report": _workers,
    "absences.delegate": _workers,
    "absences.hand_back": _workers,
    "repairs.report": _signed_in,
    "repairs.send_report": _signed_in,
    "repairs.list_reports": _signed_in,
    "repairs.cancel": _signed_in,
    "repairs.request_extension": _signed_in,
    "repair_figures.show": _repair_office | {"contractor"},
    "repair_figures.download": _repair_office | {"contractor"},
    "incidents.list_incidents": _repair_office,
    "incidents.show": _repair_office,
    "incidents.open_new": _incident_keepers,
    "incidents.tell_all": _incident_keepers,
    "incidents.join": frozenset({"property_manager"}),
    "announcements.list_own": _signed_in,
    "announcements.list_archive": _signed_in,
    "announcements.show": _signed_in,  # finds only what is meant for the reader
    "announcements.acknowledge": _signed_in,
    "announcements.show_file": _signed_in,
    "announcements.list_kept": _incident_keepers,
    "announcements.draft": _incident_keepers,
    "announcements.correct": _incident_keepers,
    "announcements.withdraw": _incident_keepers,
    "announcements.tell_on_paper": _incident_keepers,
    "announcements.list_paper": _incident_keepers,
    "announcements.show_poster": _incident_keepers,
    "announcements.show_figures": _incident_keepers,
    "announcements.download_figures": _incident_keepers,
    "news.list_public": _everyone,
    "news.show": _everyone,
    "news.show_file": _everyone,
    "news.feed": _everyone,
    "news.open_data": _everyone,
    "units.show": _repair_office,
    "communities.list_all": PHONE_KEEPERS,
    "communities.show": PHONE_KEEPERS,  # those of his own communities
    "consumables.list_prices": _repair_office | {"contractor"},
    "consumables.show": _repair_office | {"contractor"},
    "consumables.set_price": frozenset({"officer", "section_chief", "process_supervisor"}),
    "calls.list_calls": _everyone,
    "calls.show": _everyone,
    "calls.show_list": _everyone,
    "calls.download_list": _everyone,
    "calls.download_entries": _reviewers,
    "calls.draft": frozenset({"officer"}),
    "calls.record_draw": frozenset({"officer"}),
    "applications.begin": _signed_in,
    "applications.apply": _signed_in,
    "applications.key_in": frozenset({"officer"}),
    "applications.list_applications": _signed_in,
    "figures.show_applications": _letter_clerks,
    "figures.download_applications": _letter_clerks,
    "figures.show_care": _care_office,
    "figures.download_care": _care_office,
    "applications.take_back": _signed_in,
    "applications.take_consent_back": _signed_in,
    "applications.ask_for_time": _signed_in,
    "applications.show_mydata": _signed_in,
    "applications.answer_mydata": _signed_in,
    "actions.act": _signed_in,
    "cases.show": _signed_in,
    "cases.print_case": _signed_in,
    "case_notes.write": _staff,
    "case_notes.edit": _staff,
    "case_notes.remove": _staff,
    "case_links.add": _staff,
    "case_links.remove": _staff,
    "case_links.merge": _letter_clerks,
    "case_links.take_out": _letter_clerks,
    "case_links.dispatch": _units,
    "case_files.add": _staff,
    "case_files.remove": _staff,
    "leases.show_own": frozenset({"resident"}),
    "leases.give_notice": frozenset({"resident"}),
    "leases.list_leases": _lease_clerks,
    "leases.show": _lease_clerks,
    "leases.begin_move_out": frozenset({"officer"}),
    "leases.key_in_renewal": frozenset({"officer"}),
    "move_outs.list_move_outs": _lease_clerks | _managers,
    "move_outs.take_back": frozenset({"resident", "officer"}),
    "move_outs.extend_take_over": frozenset({"officer"}),
    "move_outs.show_handover": _lease_clerks | _managers,
    "move_outs.begin_handover": _managers,
    "move_outs.add_item": _managers,
    "move_outs.remove_item": _managers,
    "move_outs.save_item": _managers,
    "move_outs.save_readings": _managers,
    "move_outs.save_signature": _managers,
    "move_outs.sign_handover": _managers,
    "bank.show_account": _lease_clerks,
    "bank.reveal_account": _lease_clerks,
    "bank.list_inquiries": _bank_players,
    "bank.answer": _bank_players,
    "care.panel": _care_staff,
    "care.signal": _care_staff | {"resident"},
    "care.sent": _care_staff | {"resident"},
    "care.show_case": _signed_in,  # who may not see it is refused there, and the attempt is kept
    "care.show_record": _signed_in,
    "care.access_log": frozenset({"ethics_office"}),
    "care.list_reports": _care_office | {"finance"},
    "care.show_report": _care_office | {"finance"},
    "care.show_report_pdf": _care_office | {"finance"},
    "cases.deadlines": _signed_in,
    "feedback.give": _signed_in,
    "feedback.give_by_code": _everyone,  # whoever has the code of the case
    "feedback.show": frozenset({"section_chief", "process_supervisor"}),
    "feedback.download": frozenset({"section_chief", "process_supervisor"}),
    "guides.show_own": _everyone,
    "guides.show": _everyone,
    "follow.ask": _everyone,
    "follow.show": _everyone,  # whoever has the code of the case
    "team.show": _chiefs,
    "team.download": _chiefs,
    "team.list_tasks": _chiefs,
    "team.reassign": _chiefs,
    "team.release": _chiefs,
    "letters.show_pdf": _signed_in,
    "letters.prove": _letter_clerks,
    "persons.show": _letter_clerks,
    "persons.reveal": _letter_clerks,
    "files.show": _signed_in,
    "calendars.show": _staff,
    "calendars.history": _staff,
    "calendars.preview": _calendar_keepers,
    "calendars.publish": _calendar_keepers,
    "clocks.list_late": _deadline_keepers | _supervisors,
    "clocks.of_case": _staff,
    "clocks.show": _deadline_keepers,
    "clocks.extend": _deadline_keepers,
    "clocks.waive": frozenset({"officer", "section_chief"}),
    "deadlines.show": _signed_in,
    "deadlines.download": _signed_in,
    "drafts.list_drafts": _draft_readers,
    "drafts.begin": _drafters,
    "drafts.show": _draft_readers,
    "drafts.read_file": _draft_readers,
    "drafts.save_file": _drafters,
    "drafts.check": _draft_readers,
    "drafts.submit": _drafters,
    "drafts.withdraw": _drafters,
    "drafts.rename": _drafters,
    "drafts.renew": _drafters,
    "drafts.upload": _drafters,
    "drafts.remove": _drafters,
    "drafts.export": _draft_readers,
    "drafts.export_version": _draft_readers,
    "drafts.list_versions": _draft_readers,
    "drafts.import_files": _drafters,
    "drafts.show_import": _draft_readers,
    "drafts.read_shipped": _draft_readers,
    "approvals.show": _draft_readers,
    "approvals.approve": _approvers,
    "approvals.send_back": _approvers,
    "draft_scenarios.show": _draft_readers,
    "draft_scenarios.run": _drafters,
    "draft_scenarios.adopt": _drafters,
    "draft_scenarios.set_aside": _drafters,
    "draft_scenarios.take_up": _drafters,
    "tryouts.show": _draft_readers,
    "tryouts.begin": _draft_readers,
    "tryouts.start": _draft_readers,
    "tryouts.complete": _draft_readers,
    "tryouts.send": _draft_readers,
    "tryouts.do": _draft_readers,
    "tryouts.move_clock": _draft_readers,
    "tryouts.follow": _draft_readers,
    "tryouts.take_back": _draft_readers,
    "tryouts.begin_again": _draft_readers,
    "tryouts.end": _draft_readers,
    "tryouts.save": _drafters,
    "decision_editor.show": _draft_readers,
    "decision_editor.show_rules": _draft_readers,
    "decision_editor.change_rules": _drafters,
    "decision_editor.create": _drafters,
    "decision_editor.save_tests": _drafters,
    "decision_editor.findings": _draft_readers,
    "decision_editor.replay": _draft_readers,
    "decision_editor.order_replay": _draft_readers,
    "form_editor.show": _draft_readers,
    "form_editor.fields": _draft_readers,
    "form_editor.change": _drafters,
    "form_editor.create": _drafters,
    "form_editor.preview": _draft_readers,
    "form_editor.findings": _draft_readers,
    "form_editor.branch": _drafters,
    "diagram_editor.show": _draft_readers,
    "diagram_editor.evaluate": _draft_readers,
    "diagram_editor.compare": _drafters,
    "diagram_editor.branch": _drafters,
    "insight.show": _insight_readers,
    "insight.download": _insight_readers,
    "insight.download_log": _supervisors,  # case by case, though without names
    "simulations.show": _draft_readers,
    "simulations.download": _draft_readers,
    "simulations.order": _drafters | _approvers,
    "plain_cases.choose": _staff | _approvers,
    "plain_cases.begin": _staff | _approvers,
    "processes.list_processes": _staff | _approvers,
    "processes.show_process": _staff | _approvers,
    "handbooks.show_pdf": _signed_in,
    "handbooks.show": _signed_in,  # its public part to residents and contractors
    "operations.show": _supervisors,
    "cockpit.list_cases": _supervisors,
    "cockpit.preview": _supervisors,
    "cockpit.order": _supervisors,
    "cockpit.show_work": _supervisors,
    "cockpit.show_case": _supervisors,
    "cockpit.change_status": _supervisors,
    "cockpit.correct": _supervisors,
    "migrations.plan": _supervisors,
    "migrations.rehearse": _supervisors,
    "migrations.start": _supervisors,
    "migrations.show": _supervisors,
    "migrations.move_rest": _supervisors,
    "migrations.undo": _supervisors,
    "migrations.choose_step": _supervisors,
    "migrations.move": _supervisors,
    "operations.retry": _supervisors,
    "operations.list_jobs": _supervisors,
    "operations.preview_kind": _supervisors,
    "operations.retry_kind": _supervisors,
    "operations.send_again": _supervisors,
    "simulator.list_messages": _signed_in,
    "simulator.show_message": _signed_in,
    "simulator.show_phone": _signed_in,
    "simulator.play": _signed_in,
    "notifications.list_own": _signed_in,
    "notifications.show": _signed_in,
    "notifications.save": _signed_in,
    "notifications.save_contact": _signed_in,
    "notifications.check_email": _signed_in,
    "notifications.verify_email": _signed_in,
    "notifications.send_test": _signed_in,
    "notifications.add_device": _signed_in,
    "notifications.remove_device": _signed_in,
    "notifications.try_again": _supervisors,
    "operations.advance_clock": frozenset({"process_supervisor"}),
    "messages.publish_message": _programs,
    "messages.publish_signal": _programs,
    "external_tasks.list_engines": _programs,
    "external_tasks.show_version": _programs,
    "external_tasks.fetch_and_lock": _programs,
    "external_tasks.complete": _programs,
    "external_tasks.fail": _programs,
    "external_tasks.throw_error": _programs,
    "external_tasks.extend_lock": _programs,
    "external_tasks.unlock": _programs,
    "external_tasks.list_tasks": _programs,
    "external_tasks.count_tasks": _programs,
}


def is_for_programs(endpoint: str) -> bool:
    """Tell whether a route asks for an API token."""
    return PROGRAM in ROLES_BY_ENDPOINT.get(endpoint, frozenset())


def may_open(endpoint: str, roles: frozenset[str] | None) -> bool:
    """Tell whether a person may use a route.

    Args:
        endpoint: Flask's name of the route.
        roles: the person's roles in any scope; None for a stranger.
    """
    allowed = ROLES_BY_ENDPOINT.get(endpoint, frozenset())
    if ANYONE in allowed:
        return True
    return roles is not None and (SIGNED_IN in allowed or bool(roles & allowed))
