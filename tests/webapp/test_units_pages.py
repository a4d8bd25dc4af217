"""The page of a home: register with warranty, every repair, the handover sheets."""

from datetime import date

import pytest

from housing.people.queries import account_by_login
from housing.places import service as places
from housing.places.queries import units_of
from housing.places.service import NewSheet


@pytest.fixture
def home(house, clock) -> int:
    """The home of resident1."""
    with house.reading() as session:
        account = account_by_login("resident1", session=session)
        (unit,) = units_of(account.id, on=clock.now().date(), session=session)
    return unit.id


def test_the_case_leads_to_the_register_the_warranty_and_the_repair(home, reported, signed_in):
    made = reported()
    officer = signed_in("officer1")

    assert f'href="/units/{home}"' in officer.open(f"/cases/{made.number}").text
    page = officer.open(f"/units/{home}").text

    assert "設備清冊" in page
    assert "保固內" in page
    assert made.number in page


def test_the_sheet_of_moving_in_is_filled_from_the_register(home, house, signed_in):
    new = NewSheet(unit_id=home, kind="entry", held_on=date(2026, 3, 1), key="k")
    with house.unit_of_work() as session:
        places.open_sheet(new, session=session)

    page = signed_in("officer1").open(f"/units/{home}").text

    assert "入住點交" in page
    assert "0 項有異狀" in page


def test_a_home_of_another_community_does_not_exist(home, signed_in):
    assert signed_in("manager2").open(f"/units/{home}").status_code == 404
    assert signed_in("manager1").open(f"/units/{home}").status_code == 200


def test_a_resident_does_not_see_the_register(home, signed_in):
    page = signed_in("resident1")

    assert page.open(f"/units/{home}").status_code == 403
