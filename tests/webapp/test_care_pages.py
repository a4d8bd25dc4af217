"""Who sees what of care: every page with every role, at home and elsewhere; nothing leaks."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from engine import queries as engine_queries
from engine.db import metadata
from engine.queries import TaskFilter
from engine.types import SYSTEM
from housing import packages
from housing.care import queries as care
from housing.care import reports, sealing, service
from housing.care.models import CareNote
from housing.care.service import Signal
from housing.cases.service import Completion, submit_task
from housing.people import queries as people
from housing.places import queries as places
from housing.vault import Vault

SAID = "女兒曾與父親衝突請勿告知"
HEALTH = "長期服用降血壓藥"
PURPOSE = "?purpose=visit"
VISIT = {
    "visit_result": "met",
    "minutes": 60,
    "place": "home",
    "visitors": "蔡關懷",
    "met_whom": "本人",
    "danger": False,
    "health": HEALTH,
    "actions": [],
    "risk": "high",
    "confidential": SAID,
}


def deploy_care(house) -> None:
    with house.unit_of_work() as session:
        for package in ("care_case", "care_monthly"):
            house.engine.deploy(packages.resources(package), by=SYSTEM, session=session)


@pytest.fixture
def complete(house, clock):
    """Complete the open task of an element as somebody."""

    def act(element_id: str, login: str, values: dict[str, object]) -> None:
        with house.unit_of_work() as session:
            open_now = engine_queries.open_tasks(TaskFilter(limit=100), session).rows
            task = next(each for each in open_now if each.element_id == element_id)
            submit_task(
                Completion(task_id=task.id, values=values),
                by=people.account_by_login(login, session=session).actor,
                engine=house.engine,
                session=session,
                clock=clock,
                vault=house.vault,
            )

    return act


@pytest.fixture
def visited(house, clock, complete) -> str:
    """A case in SW with one visit whose record holds a confidential part; its number."""
    deploy_care(house)
    with house.unit_of_work() as session:
        by = people.account_by_login("manager1", session=session).actor
        home = next(u for u in places.units_in("SW", session=session) if u.code == "A-0501")
        new = Signal(
            key=uuid4().hex, source="observation", unit_id=home.id, seen_at=clock.now(), text="敲門"
        )
        made = service.signal(new, by=by, engine=house.engine, session=session, clock=clock)
    today = clock.now().date()
    complete(
        "triage",
        "social1",
        {
            "flags": ["violence_past"],
            "bsrs5": None,
            "household_violence": False,
            "contact_way": "any",
            "finding": "電話",
        },
    )
    complete(
        "plan",
        "social1",
        {
            "consent": "agreed",
            "plan_level": "high",
            "next_date": today,
            "goals": "安全",
            "pm_advice": ["watch_seen"],
        },
    )
    with house.unit_of_work() as session:
        for job in house.engine.due_jobs(session, clock.now(), 20):
            house.engine.fire(job.id, session=session)
    complete("visit", "social1", {**VISIT, "visited_at": clock.now(), "next_date": today})
    return made.number


PAGES = ("/care", "/care/new", "/care/cases/{0}", "/care/cases/{0}/record" + PURPOSE)
MATRIX = {
    # login: panel, new, case, record
    "social1": (200, 200, 200, 200),
    "sociallead1": (200, 200, 200, 200),
    "social2": (200, 200, 404, 404),  # a social worker of another community
    "officer1": (200, 200, 200, 404),
    "chief1": (200, 200, 200, 404),
    "manager1": (200, 200, 200, 404),
    "manager2": (200, 200, 404, 404),
    "ethics1": (403, 403, 404, 404),
    "resident1": (403, 200, 404, 404),  # the household itself
    "resident2": (403, 200, 404, 404),
    "warranty1": (403, 403, 404, 404),
    "supervisor1": (403, 403, 404, 404),
    "admin1": (403, 403, 404, 404),
}


@pytest.mark.parametrize("login", MATRIX)
def test_each_role_opens_exactly_its_pages_of_care(login, signed_in, visited):
    browser = signed_in(login)

    found = tuple(browser.open(page.format(visited)).status_code for page in PAGES)

    assert found == MATRIX[login]


@pytest.mark.parametrize("login", sorted(set(MATRIX) - {"social1", "sociallead1"}))
def test_nobody_else_reads_what_the_social_workers_wrote(login, signed_in, visited):
    browser = signed_in(login)
    pages = (*PAGES, "/cases/{0}", "/cases/{0}?all=1", "/tasks", "/", "/simulator")

    texts = [browser.open(page.format(visited)).text for page in pages]

    assert not any(SAID in text or HEALTH in text or "曾有家庭暴力" in text for text in texts)


def test_the_confidential_part_stands_on_the_record_and_nowhere_else(signed_in, visited):
    browser = signed_in("social1")

    assert SAID in browser.open(f"/care/cases/{visited}/record{PURPOSE}").text
    for page in ("/care", f"/care/cases/{visited}", f"/cases/{visited}?all=1", "/tasks"):
        assert SAID not in browser.open(page).text
        assert HEALTH not in browser.open(page).text


def test_the_confidential_part_is_in_no_process_history_form_or_notice(house, visited):
    with house.reading() as session:
        connection = session.connection()
        holders = {
            table.name
            for table in metadata.sorted_tables
            for row in connection.execute(table.select()).all()
            if SAID in str(row) or SAID.encode("unicode_escape").decode() in str(row)
        }
        case = engine_queries.by_business_key(visited, session)
        variables = house.engine.variables(case.id, session)

    assert holders == set()  # it is sealed where it stands
    assert variables["flags"] == []
    assert HEALTH not in str(variables)


def test_a_manager_who_opens_the_case_link_by_hand_sees_the_flag_and_is_logged(
    house, signed_in, visited
):
    answer = signed_in("manager1").client.get(f"/cases/{visited}", follow_redirects=True)

    assert "兩日未見" in answer.text
    assert not any(word in answer.text for word in ("等級", "BSRS", "開案日"))
    with house.reading() as session:
        newest = care.access_log(session=session).rows[0]
    assert (newest.what, newest.account_name, newest.number) == ("refused", "張守成", visited)


def test_a_record_is_not_opened_without_a_purpose(signed_in, visited):
    answer = signed_in("social1").open(f"/care/cases/{visited}/record")

    assert answer.status_code == 422
    assert SAID not in answer.text


def test_the_ethics_office_sees_who_read_but_not_what(signed_in, visited):
    signed_in("social1").open(f"/care/cases/{visited}/record{PURPOSE}")

    log = signed_in("ethics1").open("/care/access-log").text

    assert visited in log
    assert "蔡關懷" in log
    assert SAID not in log
    assert HEALTH not in log


def test_a_resident_in_danger_is_led_to_the_three_numbers(house, signed_in):
    deploy_care(house)
    browser = signed_in("resident1")
    browser.open("/care/new")
    answer = browser.send(
        "/care/new",
        _token="0" * 32,
        seen_text="需要有人幫忙",
        danger_now="true",
        contact_way="any",
    )

    assert all(f'href="tel:{number}"' in answer.text for number in (119, 110, 113))


def test_a_report_prints_as_pdf_for_the_office_only(house, signed_in, clock):
    deploy_care(house)
    with house.unit_of_work() as session:
        by = people.account_by_login("social1", session=session).actor
        reports.open_report("SW", by=by, engine=house.engine, session=session, clock=clock)
    address = "/care/reports/M115-03-SW/report.pdf"

    printed = signed_in("officer1").client.get(address)

    assert printed.data.startswith(b"%PDF-")
    assert signed_in("social2").open(address).status_code == 404
    assert signed_in("manager1").open(address).status_code == 403


def test_confidential_notes_are_sealed_and_older_ones_are_sealed_by_the_next_round(visited, house):
    newer = Vault(keys={**house.vault.keys, "k9": b"9" * 32})
    with house.unit_of_work() as session:
        note = session.scalars(select(CareNote)).one()
        raw = f"{note.text} {note.sealed}"
        read = sealing.read_note(note, vault=house.vault)
        note.text, note.sealed = read, None  # as an older version wrote it
    with house.unit_of_work() as session:
        changed = [
            sealing.seal_anew(vault=vault, session=session)
            for vault in (house.vault, house.vault, newer)
        ]
        note = session.scalars(select(CareNote)).one()
        stored, again = f"{note.text} {note.sealed}", sealing.read_note(note, vault=newer)

    assert SAID in read
    assert read == again
    assert SAID not in raw + stored
    assert changed == [1, 0, 1]


def test_supervisors_look_after_a_care_case_without_reading_it(visited, signed_in):
    page = signed_in("supervisor1").open(f"/cases/{visited}/cockpit")

    assert page.status_code == 200
    assert "不需閱讀即可處理" in page.text
    assert "cockpit/suspend" in page.text
    assert "cockpit/data" not in page.text


def test_the_list_of_late_clocks_names_only_cases_that_its_reader_may_open(
    house, clock, visited, signed_in
):
    for login in ("officer1", "lead1", "chief1"):
        browser = signed_in(login)
        page = browser.open("/deadlines/late?view=all").text
        listed = set(re.findall(r"/cases/([^/\"]+)/clocks", page))
        assert all(browser.open(f"/cases/{each}/clocks").status_code == 200 for each in listed)
        assert (visited in listed) == (browser.open(f"/cases/{visited}").status_code == 200)
