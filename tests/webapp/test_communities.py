"""The telephone of a community's office: who changes it, and where residents read it."""

import pytest

from housing.places.errors import PhoneInvalid
from housing.places.rules import read_phone


@pytest.mark.parametrize("text", ["04-2222-3333", "+886 4 2222 3333", "(04)22223333#12", "1999"])
def test_a_number_that_can_be_called_is_kept(text):
    assert read_phone(f"  {text} ") == text


@pytest.mark.parametrize(
    "text", ["12", "請洽管理員", "04-2222-3333 分機 5", "9" * 16, "javascript:1"]
)
def test_what_nobody_can_call_is_refused(text):
    with pytest.raises(PhoneInvalid):
        read_phone(text)


def test_residents_read_the_new_number_and_its_history_stays(signed_in):
    lead, resident = signed_in("lead1"), signed_in("resident1")
    page = lead.open("/communities/SW").text
    assert "04-0000-1101" in page
    changed = lead.send("/communities/SW", phone=" 04-2222-3333#12 ").text

    assert "04-0000-1101 → 04-2222-3333#12" in changed
    assert "黃主任" in changed
    assert 'href="tel:0422223333"' in resident.open("/").text


def test_a_refused_number_stays_in_its_field(signed_in):
    lead = signed_in("lead1")
    lead.open("/communities/SW")
    page = lead.send("/communities/SW", phone="請洽管理員")

    assert page.status_code == 422
    assert 'value="請洽管理員"' in page.text
    assert "請輸入電話號碼" in page.text


def test_a_community_without_a_number_is_not_listed_to_its_residents(signed_in):
    lead = signed_in("lead1")
    lead.open("/communities/SW")
    lead.send("/communities/SW", phone="")

    assert "04-0000-1101" not in signed_in("resident1").open("/").text
    assert "尚無電話" in lead.open("/communities").text
