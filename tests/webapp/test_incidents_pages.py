"""A mass incident: one page for its reports, one word to all who reported it."""

import re

import pytest

from housing.repairs import incidents
from housing.repairs.desk import ticket_by_number

ANNOUNCEMENT = "全棟停水，已通知水公司，預計傍晚恢復。"


@pytest.fixture
def lead(reported, signed_in):
    """A report that the officer made a mass incident of."""
    made = reported()
    officer = signed_in("officer1")
    officer.open(f"/cases/{made.number}/incident")
    page = officer.send(f"/cases/{made.number}/incident", announcement=ANNOUNCEMENT)
    assert page.status_code == 200
    return made


@pytest.fixture
def incident(house, lead):
    with house.reading() as session:
        return incidents.incident_of(lead.number, session=session)


def page_of(incident) -> str:
    return f"/repairs/incidents/{incident.id}"


@pytest.mark.usefixtures("lead")
def test_neighbours_read_the_announcement_before_they_report_it_again(signed_in):
    assert ANNOUNCEMENT in signed_in("resident1").open("/repairs/new").text
    assert ANNOUNCEMENT not in signed_in("resident2").open("/repairs/new").text


def test_a_later_report_is_proposed_and_joins_by_a_click(incident, reported, signed_in, house):
    later = reported("neighbour01")
    manager = signed_in("manager1")
    assert later.number in manager.open(page_of(incident)).text

    page = manager.send(f"{page_of(incident)}/reports/{later.number}")

    assert "已併入大規模事故" in page.text
    assert "2 件報修" in page.text
    with house.reading() as session:
        assert ticket_by_number(later.number, session=session).stage == "merged"
        assert incidents.candidates(incident, session=session) == []


def test_a_report_of_another_community_cannot_join(incident, reported, signed_in):
    other = reported("resident2")
    manager = signed_in("manager1")

    assert other.number not in manager.open(page_of(incident)).text
    assert manager.send(f"{page_of(incident)}/reports/{other.number}").status_code == 404


def test_news_goes_to_all_and_stands_on_their_case_pages(incident, lead, reported, signed_in):
    later = reported("neighbour01")
    manager = signed_in("manager1")
    manager.open(page_of(incident))
    manager.send(f"{page_of(incident)}/reports/{later.number}")

    page = manager.send(f"{page_of(incident)}/news", kind="progress", text="抽水馬達更換中。")

    assert re.search(r"通知 2 人", page.text)
    assert "抽水馬達更換中。" in signed_in("resident1").open(f"/cases/{lead.number}").text


def test_an_empty_word_is_not_sent(incident, signed_in):
    manager = signed_in("manager1")
    manager.open(page_of(incident))

    assert manager.send(f"{page_of(incident)}/news", kind="done", text=" ").status_code == 422
    assert manager.send(f"{page_of(incident)}/news", kind="gone", text="x").status_code == 422


def test_a_second_opening_leads_to_the_same_incident(incident, lead, signed_in, house):
    officer = signed_in("officer1")
    officer.open(f"/cases/{lead.number}/incident")
    officer.send(f"/cases/{lead.number}/incident", announcement="另一則公告")

    with house.reading() as session:
        again = incidents.incident_of(lead.number, session=session)
    assert (again.id, again.announcement) == (incident.id, ANNOUNCEMENT)


def test_a_report_taken_back_makes_no_incident(reported, signed_in):
    made = reported()
    resident, officer = signed_in("resident1"), signed_in("officer1")
    resident.open(f"/cases/{made.number}")
    resident.send(f"/cases/{made.number}/cancel")
    officer.open(f"/cases/{made.number}/incident")

    page = officer.send(f"/cases/{made.number}/incident", announcement=ANNOUNCEMENT)

    assert page.status_code == 409
