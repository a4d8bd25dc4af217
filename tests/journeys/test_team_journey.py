"""A chief gives an absent colleague's work to others; the deputy acts on his behalf."""

from io import BytesIO

import pytest

from engine import queries
from engine.calendar import local_date
from engine.queries import TaskFilter
from housing.bootstrap import Application
from housing.demo import pictures
from housing.people.models import Membership
from housing.people.queries import AccountView, account_by_login
from housing.repairs import service as repairs
from housing.repairs.service import Report
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]


def test_a_chief_hands_on_the_work_of_an_absent_colleague(person, served):
    city = served.application
    absent, deputy = account(city, "manager1"), account(city, "manager2")
    share_rights(city, absent, deputy)
    given, kept = (claimed_report(city, absent, number) for number in (1, 2))

    chief = person("lead1", 1280)
    enter_absence(chief, city, absent, deputy)
    reassign(chief, given, absent, deputy)
    assert holder_of(city, given) == str(deputy.id)
    assert holder_of(city, kept) == str(absent.id)

    stand_in = person("manager2", 390)
    act_on_behalf(stand_in, kept, absent)
    assert chief.complaints == stand_in.complaints == []


def reassign(chief, number: str, absent: AccountView, deputy: AccountView) -> None:
    """Go from the figure of the absent colleague to his tasks, and give one to another."""
    chief.open("/team")
    check_accessible(chief.page)
    row = chief.page.get_by_role("row").filter(has_text=absent.name)
    assert f"代理人：{deputy.name}" in row.inner_text()
    with chief.page.expect_navigation():
        row.get_by_role("link").first.click()
    check_accessible(chief.page)
    chief.page.locator("main li").filter(has_text=number).get_by_role("checkbox").check()
    chief.page.locator("#assignee").select_option(str(deputy.id))
    chief.write("reason", "同仁請假，請先處理")
    chief.press("預覽結果")
    chief.page.locator("form[action$='/confirm'] button").click()
    chief.page.wait_for_load_state()


def act_on_behalf(stand_in, number: str, absent: AccountView) -> None:
    """Claim what the absent colleague holds; the history of the case shows for whom."""
    stand_in.open("/tasks?view=deputy")
    stand_in.page.locator("main .rows li").filter(has_text=number).get_by_role("link").first.click()
    stand_in.page.locator(".claim-card button").click()
    stand_in.page.wait_for_load_state()
    stand_in.open(f"/cases/{number}")
    assert f"代理 {absent.name}" in stand_in.page.locator("main").inner_text()


def enter_absence(chief, city: Application, absent: AccountView, deputy: AccountView) -> None:
    """Enter that a colleague is away today, with one deputy for everything."""
    today = local_date(city.clock.now()).isoformat()
    chief.open(f"/absences/new?person={absent.id}")
    chief.write("from_day", today)
    chief.write("until_day", today)
    chief.choose("reason", "leave")
    chief.page.locator("#deputy_1").select_option(str(deputy.id))
    chief.page.locator("main form.card button[type=submit]").first.click()
    chief.page.wait_for_load_state()


def account(city: Application, login: str) -> AccountView:
    with city.reading() as session:
        return account_by_login(login, session=session)


def share_rights(city: Application, absent: AccountView, deputy: AccountView) -> None:
    """Give a deputy what he needs to stand in wherever the absent one works."""
    with city.unit_of_work() as session:
        session.add_all(
            Membership(account_id=deputy.id, role=role, scope=scope)
            for role, scope in absent.memberships
            if (role, scope) not in deputy.memberships
        )


def claimed_report(city: Application, holder: AccountView, number: int) -> str:
    """Report a tap in community SM, which the holder claims; give the number of the case."""
    with city.unit_of_work() as session:
        by = account_by_login("resident3", session=session).actor
        photo = city.files.save(BytesIO(pictures.draw("water")), "tap.png", by=by, session=session)
        values = {
            "where": "unit",
            "place": f"廚房水槽下方{number}",
            "category": "water",
            "text": "水龍頭關不緊，整晚滴水。",
            "phone": "0912345678",
            "photos": [photo.id],
        }
        new = Report(token=f"team-{number}", values=values)
        reported = repairs.report(new, by=by, engine=city.engine, session=session, clock=city.clock)
        (task,) = queries.open_tasks(TaskFilter(instance_id=reported.instance_id), session).rows
        city.engine.claim(task.id, by=holder.actor, session=session)
    return reported.number


def holder_of(city: Application, number: str) -> str | None:
    with city.reading() as session:
        case = queries.by_business_key(number, session)
        (task,) = queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
        return task.assignee
