"""The page of a case tells what happened, what is next, whose turn it is, and until when."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from engine import queries
from engine.queries import TaskFilter
from forms import validation
from housing.cases import service
from housing.cases.queries import form_context
from housing.cases.service import Completion
from housing.people.queries import account_by_login
from housing.records.forms import form_of_task

REPORT = {
    "where": "unit",
    "place": "廚房水槽下方",
    "category": "water",
    "text": "水龍頭一直漏水，關不緊。",
    "phone": "0912345678",
}


@pytest.fixture
def house(house):
    """The city with its processes deployed."""
    house.deploy_packages()
    return house


def a_photo() -> tuple[io.BytesIO, str]:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (30, 90, 160)).save(target, "JPEG")
    return io.BytesIO(target.getvalue()), "photo.jpg"


@pytest.fixture
def number(signed_in) -> str:
    """A leak that resident1 reported."""
    browser = signed_in("resident1")
    page = browser.open("/repairs/new")
    token = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert token
    page = browser.send("/repairs/new", _token=token[1], **REPORT, photos=a_photo())
    found = re.search(r"R\d{2,3}-\d{6}", page.text)
    assert found
    return found[0]


class Office:
    """Does tasks of a case through the forms' own check, without the browser."""

    def __init__(self, house) -> None:
        self._house = house

    def complete(self, number: str, element: str, login: str, **values: object) -> None:
        house, now = self._house, self._house.clock.now()
        with house.reading() as session:
            case = queries.by_business_key(number, session)
            tasks = queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
            task = next(each for each in tasks if each.element_id == element)
            by = account_by_login(login, session=session).actor
            form = form_of_task(task, session=session)
            context = form_context(task, engine=house.engine, session=session, now=now)
        values = self._with_photos(values, by)
        checked = validation.validate(form, values, context=context, now=now)
        assert checked.is_valid, checked.errors
        with house.unit_of_work() as session:
            if task.assignee is None:
                house.engine.claim(task.id, by=by, session=session)
            service.submit_task(
                Completion(task_id=task.id, values=checked.values),
                by=by,
                engine=house.engine,
                session=session,
                clock=house.clock,
            )

    def _with_photos(self, values: dict[str, object], by) -> dict[str, object]:
        if "photos" not in values:
            return values
        with self._house.unit_of_work() as session:
            stored = self._house.files.save(*a_photo(), by=by, session=session)
        return {**values, "photos": [stored.id]}


@pytest.fixture
def office(house) -> Office:
    """Somebody who does tasks."""
    return Office(house)


TRIAGE = {
    "is_duplicate": False,
    "broken": True,
    "simple": False,
    "human_cause": False,
    "in_warranty": True,
    "in_table": True,
    "finding": "水龍頭墊片老化。",
    "photos": True,
}


def test_the_reporter_sees_state_next_step_turn_and_deadline(signed_in, number) -> None:
    page = signed_in("resident1").open(f"/cases/{number}")

    assert page.status_code == 200
    assert "分案中" in page.text
    assert "物管人員" in page.text
    assert "115/03/04" in page.text or "3/4" in page.text
    assert "水龍頭一直漏水" in page.text
    assert "data-diagram" not in page.text


def test_staff_see_the_diagram_beside_an_equal_list(signed_in, number) -> None:
    page = signed_in("officer1").open(f"/cases/{number}")

    assert "data-diagram" in page.text
    assert 'aria-describedby="steps-title"' in page.text
    assert 'id="steps-title"' in page.text
    steps = page.text.split('id="steps-title"')[1]
    assert "分案" in steps
    assert f"/cases/{number}/cancel" not in page.text


def test_a_manager_of_another_community_finds_no_case(signed_in, number) -> None:
    assert signed_in("manager2").open(f"/cases/{number}").status_code == 404


def test_the_timeline_shows_what_was_entered_to_those_who_may_read_it(
    signed_in, number, office
) -> None:
    office.complete(number, "triage", "manager1", **TRIAGE)

    resident = signed_in("resident1").open(f"/cases/{number}").text
    assert "水龍頭墊片老化" in resident
    staff = signed_in("manager1").open(f"/cases/{number}?all=1").text
    assert "水龍頭墊片老化" in staff


def test_the_contractor_of_the_order_opens_the_case_and_asks_for_more_time(
    signed_in, number, office, clock, house
) -> None:
    office.complete(number, "triage", "manager1", **TRIAGE)
    clock.advance(timedelta(days=1))
    contractor = signed_in("warranty1")
    page = contractor.open(f"/cases/{number}")
    assert page.status_code == 200
    assert f"/cases/{number}/extension" in page.text
    assert "115/03/09" in page.text

    page = contractor.open(f"/cases/{number}/extension")
    assert page.status_code == 200
    page = contractor.send(f"/cases/{number}/extension", until="", reason="parts", detail="料")
    assert page.status_code == 422
    page = contractor.send(
        f"/cases/{number}/extension",
        until="2026-03-14",
        reason="parts",
        detail="零件缺貨，週五到料。",
    )
    assert page.status_code == 200

    with house.reading() as session:
        case = queries.by_business_key(number, session)
        open_now = queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
    assert len(open_now) >= 2


def test_a_granted_extension_keeps_the_original_due_date_visible(
    signed_in, number, office, house
) -> None:
    office.complete(number, "triage", "manager1", **TRIAGE)
    contractor = signed_in("warranty1")
    contractor.open(f"/cases/{number}/extension")
    contractor.send(
        f"/cases/{number}/extension",
        until="2026-03-14",
        reason="parts",
        detail="零件缺貨，週五到料。",
    )
    with house.reading() as session:
        case = queries.by_business_key(number, session)
        tasks = queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
    decision = next(task for task in tasks if "extension" in (task.form_key or ""))
    login = "manager1" if decision.candidate_group == "property_manager" else "officer1"
    office.complete(number, decision.element_id, login, extension_decision="granted")

    page = signed_in("manager1").open(f"/cases/{number}").text

    assert "115/03/14" in page
    assert "115/03/09" in page


def test_a_closed_case_says_so_and_asks_nothing_more(signed_in, number) -> None:
    resident = signed_in("resident1")
    resident.open(f"/cases/{number}")

    page = resident.send(f"/cases/{number}/cancel")

    assert "已取消" in page.text or "取消" in page.text
    assert "/cancel" not in page.text
