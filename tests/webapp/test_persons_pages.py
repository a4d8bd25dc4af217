"""The page of a person shows the national id masked; in full only for a purpose, which is kept."""

import pytest

from housing.people.queries import account_by_login
from housing.persons.queries import person_of_account, readings_of


@pytest.fixture
def person(house):
    """The person of resident1."""
    with house.reading() as session:
        account = account_by_login("resident1", session=session)
        return person_of_account(account.id, session=session)


def test_an_officer_sees_lease_and_contact_with_the_number_masked(signed_in, person):
    page = signed_in("officer1").open(f"/persons/{person.id}")

    assert page.status_code == 200
    assert person.national_id in page.text
    assert "L113-000001" in page.text
    assert "尚無人調閱" in page.text
    assert "許承辦" in page.text  # who looks, at the top


def test_the_full_number_needs_a_purpose(signed_in, person, house):
    browser = signed_in("officer1")
    browser.open(f"/persons/{person.id}")

    refused = browser.send(f"/persons/{person.id}/national-id", purpose="a")

    assert refused.status_code == 422
    assert "查閱目的" in refused.text
    with house.reading() as session:
        assert readings_of(person.id, session=session) == []


def test_the_full_number_is_shown_once_and_the_reading_is_kept(signed_in, person):
    browser = signed_in("chief1")
    browser.open(f"/persons/{person.id}")

    shown = browser.send(f"/persons/{person.id}/national-id", purpose="函詢戶政機關查核戶籍")

    start, end = person.national_id.split("****")
    assert shown.status_code == 200
    assert person.national_id not in shown.text
    assert start in shown.text
    assert end in shown.text
    again = browser.open(f"/persons/{person.id}").text
    assert person.national_id in again
    assert "函詢戶政機關查核戶籍" in again
    assert "鄭科長" in again


@pytest.mark.parametrize("login", ["resident1", "manager1", "warranty1", "admin1"])
def test_nobody_else_opens_the_page_of_a_person(signed_in, person, login):
    assert signed_in(login).open(f"/persons/{person.id}").status_code == 403
