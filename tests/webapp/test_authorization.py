"""Who may open what: every route, for every role, over own, others' and absent objects.

The permission table says which roles may use a route; the tables below say whose objects they may
touch there. A new route joins by itself; one with an object in its address needs a row in OBJECTS.
"""

import io
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.routing import Rule

from engine import queries as engine_queries
from engine.clock import FrozenClock
from engine.db import metadata
from engine.queries import TaskFilter
from engine.sla_queries import clocks_of
from engine.types import SYSTEM, InstanceRef
from housing import bootstrap, packages, settings
from housing.demo import world
from housing.letters import service as letters
from housing.letters.service import NewLetter
from housing.move_outs import service as move_outs
from housing.move_outs.queries import lease_of_account
from housing.move_outs.service import Notice
from housing.people.models import Account, Membership, WebSession
from housing.people.queries import account_by_login
from housing.people.rules import ROLES, token_hash
from housing.persons.queries import person_of_account
from housing.places.rules import PHONE_KEEPERS
from housing.repairs import incidents
from housing.repairs import service as repairs
from housing.repairs.desk import ticket_by_number
from housing.repairs.service import Report
from tests.conftest import BEGIN
from webapp import permissions
from webapp.factory import create_app
from webapp.permissions import ANYONE, PROGRAM, ROLES_BY_ENDPOINT
from webapp.sessions import COOKIE

OBJECTS: Mapping[str, str] = {
    "absences.cancel": "absence",  # test_absences.py
    "absences.change": "absence",
    "absences.come_back": "absence",
    "absences.delegate": "task",
    "absences.hand_back": "task",
    "absences.show": "absence",
    "absences.show_report": "absence",
    "actions.act": "action",
    "applications.answer_mydata": "transfer",
    "applications.apply": "call",
    "applications.ask_for_time": "application",
    "applications.begin": "call",
    "applications.key_in": "call",
    "applications.show_mydata": "transfer",
    "applications.take_back": "application",
    "applications.take_consent_back": "application",
    "background.show": "work",
    "background.stop": "work",
    "calls.download_entries": "call",
    "calls.download_list": "call",
    "announcements.acknowledge": "announcement",  # test_announcements_pages.py
    "announcements.correct": "announcement",
    "announcements.list_paper": "announcement",
    "announcements.show": "announcement",
    "announcements.show_file": "announcement",
    "announcements.show_poster": "announcement",
    "announcements.tell_on_paper": "announcement",
    "announcements.withdraw": "announcement",
    "news.show": "announcement",
    "news.show_file": "announcement",
    "approvals.approve": "office",
    "approvals.send_back": "office",
    "approvals.show": "office",
    "calls.draft": "call",
    "calls.record_draw": "call",
    "calls.show": "call",
    "calls.show_list": "call",
    "care.show_case": "care",
    "care.show_record": "care",
    "care.show_report": "care",
    "care.show_report_pdf": "care",
    "clocks.extend": "clock",
    "clocks.of_case": "case",
    "clocks.show": "clock",
    "clocks.waive": "clock",
    "cases.deadlines": "case",
    "cases.show": "case",
    "cases.print_case": "case",
    "case_files.add": "case",
    "case_files.remove": "attachment",  # test_case_work.py
    "case_links.add": "case",
    "case_links.dispatch": "case",
    "case_links.merge": "case",
    "case_links.remove": "link",
    "case_links.take_out": "merger",
    "case_notes.edit": "note",
    "case_notes.remove": "note",
    "case_notes.write": "case",
    "communities.show": "community",
    "consumables.set_price": "office",
    "consumables.show": "office",
    "decision_editor.change_rules": "office",
    "decision_editor.create": "office",
    "decision_editor.findings": "office",
    "decision_editor.order_replay": "office",
    "decision_editor.replay": "office",
    "decision_editor.save_tests": "office",
    "decision_editor.show": "office",
    "decision_editor.show_rules": "office",
    "diagram_editor.branch": "office",
    "diagram_editor.compare": "office",
    "diagram_editor.evaluate": "office",
    "diagram_editor.show": "office",
    "draft_scenarios.adopt": "office",
    "draft_scenarios.run": "office",
    "draft_scenarios.set_aside": "office",
    "draft_scenarios.show": "office",
    "draft_scenarios.take_up": "office",
    "drafts.check": "office",
    "drafts.export": "office",
    "drafts.export_version": "office",
    "drafts.list_versions": "office",
    "drafts.read_file": "office",
    "drafts.read_shipped": "office",
    "drafts.remove": "office",
    "drafts.rename": "office",
    "drafts.renew": "office",
    "drafts.save_file": "office",
    "drafts.show": "office",
    "drafts.show_import": "office",
    "drafts.submit": "office",
    "drafts.upload": "office",
    "drafts.withdraw": "office",
    "feedback.give": "code",
    "feedback.give_by_code": "code",
    "files.show": "file",
    "follow.show": "code",
    "guides.show": "guide",  # of nobody: open to all
    "form_editor.branch": "office",
    "form_editor.change": "office",
    "form_editor.create": "office",
    "form_editor.fields": "office",
    "form_editor.findings": "office",
    "form_editor.preview": "office",
    "form_editor.show": "office",
    "handbooks.show": "office",
    "handbooks.show_pdf": "office",
    "insight.download": "office",
    "insight.download_log": "office",
    "insight.show": "office",
    "simulations.download": "office",
    "simulations.order": "office",
    "simulations.show": "office",
    "incidents.join": "incident",
    "incidents.open_new": "case",
    "incidents.show": "incident",
    "incidents.tell_all": "incident",
    "inbox.claim": "task",
    "inbox.complete": "task",
    "inbox.show_task": "task",
    "inbox.take_over": "task",
    "inbox.unclaim": "task",
    "bank.answer": "inquiry",
    "bank.reveal_account": "move_out",
    "bank.show_account": "move_out",
    "leases.begin_move_out": "lease",
    "leases.key_in_renewal": "renewal",
    "leases.show": "lease",
    "move_outs.add_item": "move_out",
    "move_outs.begin_handover": "move_out",
    "move_outs.extend_take_over": "move_out",
    "move_outs.remove_item": "move_out",
    "move_outs.save_item": "move_out",
    "move_outs.save_readings": "move_out",
    "move_outs.save_signature": "move_out",
    "move_outs.show_handover": "move_out",
    "move_outs.sign_handover": "move_out",
    "move_outs.take_back": "move_out",
    "letters.prove": "letter",
    "letters.show_pdf": "letter",
    "migrations.choose_step": "case",
    "migrations.move": "case",
    "migrations.plan": "office",
    "cockpit.list_cases": "office",
    "cockpit.preview": "office",
    "cockpit.order": "office",
    "cockpit.show_work": "office",
    "cockpit.show_case": "case",
    "cockpit.change_status": "case",
    "cockpit.correct": "case",
    "migrations.rehearse": "office",
    "migrations.show": "office",
    "migrations.start": "office",
    "migrations.move_rest": "office",
    "migrations.undo": "office",
    "operations.retry": "office",
    "operations.send_again": "office",
    "identity.decide": "number",
    "identity.issue_letter": "person",
    "identity.show_letters": "person",
    "own_data.extend": "case",
    "own_data.fetch_copy": "copy",
    "passkeys.remove": "device",
    "persons.reveal": "person",
    "persons.show": "person",
    "bulk.confirm": "bulk",
    "bulk.download": "bulk",
    "bulk.go_on": "bulk",
    "bulk.say_terms": "bulk",
    "bulk.show": "bulk",
    "bulk.undo": "bulk",
    "saved_views.ask_remove": "view",
    "saved_views.remove": "view",
    "saved_views.rename": "view",
    "sign_up.answer": "step",
    "sign_up.send_again": "step",
    "sign_up.start": "step",
    "team.download": "office",
    "plain_cases.begin": "office",
    "processes.show_process": "office",
    "tryouts.begin": "office",
    "tryouts.begin_again": "office",
    "tryouts.complete": "office",
    "tryouts.do": "office",
    "tryouts.end": "office",
    "tryouts.follow": "office",
    "tryouts.move_clock": "office",
    "tryouts.save": "office",
    "tryouts.send": "office",
    "tryouts.show": "office",
    "tryouts.start": "office",
    "tryouts.take_back": "office",
    "units.show": "unit",
    "repairs.cancel": "case",
    "repairs.request_extension": "order",
    "simulator.play": "message",
    "simulator.show_message": "message",
    "simulator.show_phone": "message",
    "notifications.remove_device": "device",
    "notifications.try_again": "message",
    "notifications.verify_email": "token",
}
"""Endpoint with an object in its address to the kind of object.

`office`: of the office as a whole; whoever may use the route may touch every one of them. Messages,
devices, tokens, applications, bulk orders, saved views, the sign-up and care have tests of their
own, calls are public; here they are only looked for when they are absent.
"""

STAFF = frozenset(
    {
        "property_manager",
        "property_manager_lead",
        "officer",
        "section_chief",
        "finance",
        "ethics_office",
        "process_supervisor",
        "administrator",
    }
)
"""Roles that see every case of their community."""

READERS: Mapping[str, frozenset[str]] = {
    "case": STAFF | {"owner"},
    "file": STAFF | {"owner"},
    "incident": STAFF,
    "unit": STAFF,
    "community": PHONE_KEEPERS,
    "letter": STAFF | {"owner"},
    "task": frozenset(
        {"property_manager", "property_manager_lead", "process_supervisor", "administrator"}
    ),
    "order": frozenset(),
    "clock": frozenset({"officer", "section_chief", "property_manager_lead"}),
    "action": frozenset(),  # a message with a page of its own; see test_case_actions
    "person": frozenset({"officer", "section_chief"}),
    "lease": frozenset({"officer", "section_chief", "finance"}),
    "move_out": STAFF | {"owner"},
}
"""Kind of object to the roles that read one of their own community, and `owner`: its resident."""

SUPERVISORS_EVERYWHERE: Mapping[str, frozenset[str]] = {
    "task": frozenset({"process_supervisor", "administrator"}),
}
"""Roles that look at objects of every community, whatever their scope."""

PLACES = {"own": "community:SW", "other": "community:PX"}


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """A served house with one account a role and community, and objects of resident1 in SW."""

    app: Flask
    tokens: Mapping[str, str]
    ids: Mapping[str, Mapping[str, object]]

    def client(self, who: str) -> FlaskClient:
        """Give the browser of "<role>.own", "<role>.other", "owner" or "stranger"."""
        client = self.app.test_client()
        if who != "stranger":
            client.set_cookie(COOKIE, self.tokens[who])
        return client

    def rules(self) -> list[Rule]:
        """List the routes, one rule an endpoint."""
        return list({rule.endpoint: rule for rule in self.app.url_map.iter_rules()}.values())

    def rule(self, endpoint: str) -> Rule:
        """Find the route of an endpoint."""
        return next(rule for rule in self.rules() if rule.endpoint == endpoint)

    def address(self, endpoint: str, values: Mapping[str, object]) -> str:
        """Write the address of a route."""
        rule = self.rule(endpoint)
        named = {name: values.get(name, ABSENT.get(name, "0")) for name in rule.arguments}
        with self.app.test_request_context():
            return str(rule.build(named)[1])


ABSENT: Mapping[str, object] = {
    "number": "R115-999999",
    "task_id": "0" * 32,
    "file_id": "0" * 32,
    "incident_id": 999_999,
    "unit_id": 999_999,
    "letter_id": 999_999,
    "person_id": 999_999,
    "clock_id": "0" * 32,
    "filename": "absent.css",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """A served house."""
    given = {"ANJU_VAR": str(tmp_path_factory.mktemp("house")), "ANJU_DEMO": "1"}
    clock = FrozenClock(BEGIN)
    made = bootstrap.build(settings.load(given), clock=clock)
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
        for key in ("repair", "move_out"):
            made.engine.deploy(packages.resources(key), by=SYSTEM, session=session)
    tokens = {f"{role}.{place}": _account(made, role, place) for role in ROLES for place in PLACES}
    tokens["owner"] = _session_of(made, "resident1")
    app = create_app(made)
    app.config["WTF_CSRF_ENABLED"] = False
    yield House(app=app, tokens=tokens, ids=_objects(made, clock))
    made.dispose()


def _account(made, role: str, place: str) -> str:
    """Open an account with one role in one community, and a session of it."""
    scope = "contractor:REP1" if role == "contractor" else PLACES[place]
    with made.unit_of_work() as session:
        account = Account(
            login=f"{role}.{place}",
            name=role,
            password_hash="!",  # noqa: S106  # nobody signs in with it
            language="zh_Hant_TW",
            state="active",
            created_at=made.clock.now(),
        )
        session.add(account)
        session.flush()
        session.add(Membership(account_id=account.id, role=role, scope=scope))
    return _session_of(made, f"{role}.{place}")


def _session_of(made, login: str) -> str:
    token, now = secrets.token_urlsafe(24), made.system_clock.now()
    with made.unit_of_work() as session:
        account = account_by_login(login, session=session)
        session.add(
            WebSession(
                token_hash=token_hash(token),
                account_id=account.id,
                address="127.0.0.1",
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=8),
            )
        )
    return token


def _objects(made, clock) -> Mapping[str, Mapping[str, object]]:
    """Make one object of each kind: of resident1, in the community SW."""
    with made.unit_of_work() as session:
        owner = account_by_login("resident1", session=session).actor
        target = io.BytesIO()
        Image.new("RGB", (40, 30)).save(target, "JPEG")
        target.seek(0)
        photo = made.files.save(target, "tap.jpg", by=owner, session=session)
        values = {
            "where": "unit",
            "place": "廚房",
            "category": "water",
            "text": "水龍頭關不緊。",
            "phone": "0912345678",
            "photos": [photo.id],
        }
        reported = repairs.report(
            Report(token="t", values=values),  # noqa: S106  # an idempotency key
            by=owner,
            engine=made.engine,
            session=session,
            clock=clock,
        )
    with made.unit_of_work() as session:
        case = engine_queries.by_business_key(reported.number, session)
        (task,) = engine_queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
        clock_id = clocks_of(case.id, session)[0].id
        instance = InstanceRef(id=case.id, business_key=case.business_key, scope=case.scope)
        new = NewLetter(
            key="l",
            instance=instance,
            template="supplement",
            person_id=person_of_account(int(owner.id), session=session).id,
            fields={"days": 7, "defects": [{"text": "所得清單未附", "proof": ""}]},
        )
        letter_id = letters.write(new, by=SYSTEM, session=session, clock=clock)
        letters.send(letter_id, engine=made.engine, session=session, clock=clock)
        lease = lease_of_account(int(owner.id), session=session)
        opened = move_outs.open_case(
            Notice(
                token="m",  # noqa: S106  # an idempotency key
                lease_id=lease.id,
                reason="notice",
                planned_on=date(2026, 6, 30),
                values={"bank_code": "004", "bank_account": "00000012345678"},
            ),
            by=owner,
            engine=made.engine,
            session=session,
            clock=clock,
            vault=made.vault,
        )
        move_out = engine_queries.instance(opened.instance_id, session)
        unit_id = ticket_by_number(case.business_key, session=session).unit_id
        incident_id = incidents.open_incident(
            case.business_key, "水龍頭停水。", by=SYSTEM, session=session, clock=clock
        )
    return {
        "incident": {"incident_id": incident_id},
        "unit": {"unit_id": unit_id},
        "community": {"code": "SW"},
        "lease": {"number": lease.number},
        "move_out": {"number": move_out.business_key, "item_id": 1, "role": "tenant"},
        "case": {"number": case.business_key},
        "order": {"number": case.business_key},
        "action": {"number": case.business_key, "message": repairs.CANCEL_MESSAGE},
        "task": {"task_id": task.id},
        "clock": {"clock_id": clock_id},
        "file": {"file_id": photo.id},
        "letter": {"letter_id": letter_id},
        "person": {"person_id": new.person_id},
    }


def people(*places: str) -> list[str]:
    """Name every role in some communities, else in both."""
    return sorted(f"{role}.{place}" for role in ROLES for place in places or PLACES)


def may_use(endpoint: str, who: str) -> bool:
    role = "resident" if who == "owner" else who.partition(".")[0]
    return permissions.may_open(endpoint, frozenset({role}))


def sees(kind: str, who: str) -> bool:
    """Tell what the tables above say: whether somebody may touch the object of resident1."""
    if who == "owner":
        return "owner" in READERS[kind]
    role, _, place = who.partition(".")
    is_everywhere = role in SUPERVISORS_EVERYWHERE.get(kind, frozenset())
    return is_everywhere or (place == "own" and role in READERS[kind])


def ask(house: House, endpoint: str, who: str, values: Mapping[str, object]) -> int:
    """Ask for a route as somebody; gives the status."""
    methods = house.rule(endpoint).methods or set()
    method = next(each for each in ("GET", "POST", "PUT") if each in methods)
    address = house.address(endpoint, values)
    return house.client(who).open(address, method=method, buffered=True).status_code


def test_every_route_with_an_object_in_its_address_says_of_which_kind(house):
    with_object = {rule.endpoint for rule in house.rules() if rule.arguments}
    programs = {each for each in ROLES_BY_ENDPOINT if permissions.is_for_programs(each)}

    assert with_object - programs - {"static"} == set(OBJECTS)


def test_a_stranger_is_asked_to_sign_in_wherever_not_everybody_may_look(house):
    answers = {
        endpoint: ask(house, endpoint, "stranger", {})
        for endpoint, roles in ROLES_BY_ENDPOINT.items()
        if not roles & {ANYONE, PROGRAM}
    }

    assert {endpoint: code for endpoint, code in answers.items() if code not in (302, 401)} == {}


def test_a_person_without_the_role_is_refused_before_anything_happens(house):
    answers = {
        (endpoint, who): ask(house, endpoint, who, {})
        for endpoint, roles in ROLES_BY_ENDPOINT.items()
        for who in people("own")
        if not roles & {PROGRAM} and not may_use(endpoint, who)
    }

    assert len(answers) > 100
    assert {key: code for key, code in answers.items() if code != 403} == {}


def test_no_person_enters_by_the_door_of_programs(house):
    answers = {
        (endpoint, who): ask(house, endpoint, who, {})
        for endpoint, roles in ROLES_BY_ENDPOINT.items()
        for who in ("administrator.own", "process_supervisor.own")
        if roles & {PROGRAM}
    }

    assert set(answers.values()) == {401}


def test_what_is_absent_is_absent_for_everybody_alike(house):
    answers = {
        (endpoint, who): ask(house, endpoint, who, {})
        for endpoint, kind in OBJECTS.items()
        for who in people()
        if may_use(endpoint, who) and kind in READERS
    }

    assert answers
    assert {key: code for key, code in answers.items() if code != 404} == {}


def test_no_absent_object_of_any_kind_is_shown_or_breaks_a_page(house):
    answers = {
        (endpoint, who): ask(house, endpoint, who, {})
        for endpoint in OBJECTS
        for who in people("own")
        if may_use(endpoint, who)
    }

    assert {key: code for key, code in answers.items() if code < 300 or code >= 500} == {}


@pytest.mark.parametrize("kind", sorted(READERS))
def test_own_objects_open_and_those_of_others_do_not_exist(house, kind):
    answers = {
        (endpoint, who): ask(house, endpoint, who, house.ids[kind])
        for endpoint, of_kind in OBJECTS.items()
        for who in (*people(), "owner")
        if of_kind == kind and may_use(endpoint, who)
        if "GET" in (house.rule(endpoint).methods or ())
    }
    wrong = {
        key: code for key, code in answers.items() if code != (200 if sees(kind, key[1]) else 404)
    }

    assert answers
    assert wrong == {}


@pytest.mark.parametrize("kind", sorted(READERS))
def test_nobody_changes_the_objects_of_others(house, kind):
    answers = {
        (endpoint, who): house.client(who)
        .post(house.address(endpoint, house.ids[kind]), data={})
        .status_code
        for endpoint, of_kind in OBJECTS.items()
        for who in (*people(), "owner")
        if of_kind == kind and may_use(endpoint, who) and not sees(kind, who)
        if "POST" in (house.rule(endpoint).methods or ())
    }

    assert {key: code for key, code in answers.items() if code not in (403, 404)} == {}


def test_every_page_without_an_object_answers_those_who_may_use_it(house):
    answers = {
        (rule.endpoint, who): ask(house, rule.endpoint, who, {})
        for rule in house.rules()
        for who in people()
        if not rule.arguments and "GET" in (rule.methods or ())
        if not ROLES_BY_ENDPOINT[rule.endpoint] & {ANYONE, PROGRAM}
        if may_use(rule.endpoint, who)
    }

    assert {key: code for key, code in answers.items() if code in (401, 403) or code >= 500} == {}
