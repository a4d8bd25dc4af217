"""National ids are checked, sealed, found by hash, masked, and read only with a logged purpose."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine.types import Actor
from housing.persons import queries, service
from housing.persons.errors import (
    BirthDateInvalid,
    DeathInFuture,
    NationalIdInvalid,
    NationalIdOwnerless,
    PersonNotFound,
    PurposeMissing,
)
from housing.persons.models import Person
from housing.persons.rules import (
    age_on,
    check_national_id,
    complete_national_id,
    has_valid_checksum,
    is_adult,
    mask_name,
    mask_national_id,
    parse_birth_date,
)
from housing.persons.service import Contact, Member, NewPerson
from housing.vault import Vault

OFFICER = Actor(id="9", name="許承辦")
NOBODYS = complete_national_id("A01234567")
TODAY = date(2026, 3, 2)


def wide(text: str) -> str:
    """Write a text in the full-width characters of an East Asian keyboard."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


@pytest.mark.parametrize("valid", ["A123456789", "A800000014"])
def test_ids_with_the_right_check_digit_are_accepted(valid):
    assert check_national_id(valid)[0] == valid


def test_a_residence_permit_is_told_from_a_citizens_id():
    assert check_national_id("A800000014")[1] == "permit"
    assert check_national_id("A123456789")[1] == "citizen"


@pytest.mark.parametrize(
    "wrong", ["A123456788", "A323456789", "a12345678", "A1234567890", "", "A123", "A12345678é"]
)
def test_ids_of_another_form_or_check_digit_are_refused(wrong):
    with pytest.raises(NationalIdInvalid):
        check_national_id(wrong)


def test_full_width_letters_and_blanks_are_tolerated():
    assert check_national_id(f" {wide('a123')} {wide('456789')}")[0] == "A123456789"


def test_ids_without_an_owner_pass_in_demo_mode_only():
    assert check_national_id(NOBODYS, is_demo=True)[0] == NOBODYS
    with pytest.raises(NationalIdOwnerless):
        check_national_id(NOBODYS)


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.integers(0, 99_999_999), st.data())
def test_one_wrong_digit_never_passes(letter, number, data):
    right = complete_national_id(f"{letter}{number:08}")
    position = data.draw(st.integers(1, 9))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != right[position]]))
    wrong = right[:position] + digit + right[position + 1 :]

    assert has_valid_checksum(right)
    # the weight of a digit and ten have a common divisor for 8, 6, 5, 4 and 2
    weight = (8, 7, 6, 5, 4, 3, 2, 1, 1)[position - 1]
    is_seen = (int(digit) - int(right[position])) * weight % 10 != 0
    assert has_valid_checksum(wrong) is not is_seen


@given(st.text(max_size=14))
def test_any_text_is_accepted_or_refused_never_more(text):
    try:
        stored, kind = check_national_id(text, is_demo=True)
    except NationalIdInvalid:
        return
    assert len(stored) == 10
    assert kind in {"citizen", "permit"}


def test_masks_hide_the_middle():
    assert mask_national_id("A123456789") == "A12****789"
    assert [mask_name(each) for each in ("王小明", "王明", "歐陽小明", "John Smith", "")] == [
        "王○明",
        "王○",
        "歐○○明",
        "J○ S○",
        "",
    ]


@pytest.mark.parametrize(
    ("typed", "born_on"),
    [
        ("081/05/20", date(1992, 5, 20)),
        ("民國81年5月20日", date(1992, 5, 20)),
        ("0810520", date(1992, 5, 20)),
        ("1992-05-20", date(1992, 5, 20)),
        (wide("1992/5/20"), date(1992, 5, 20)),
    ],
)
def test_birth_dates_are_read_in_both_calendars(typed, born_on):
    assert parse_birth_date(typed, today=TODAY) == born_on


@pytest.mark.parametrize("typed", ["", "81", "2026-03-03", "81/13/01", "1890-01-01", "abc"])
def test_what_is_no_birth_date_is_refused(typed):
    with pytest.raises(BirthDateInvalid):
        parse_birth_date(typed, today=TODAY)


def test_age_is_counted_in_full_years():
    assert age_on(date(2008, 3, 2), TODAY) == 18
    assert age_on(date(2008, 3, 3), TODAY) == 17
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert is_adult(date(2008, 3, 2), TODAY)


@pytest.fixture
def vault():
    return Vault(keys={"k1": b"1" * 32})


@pytest.fixture
def register(database, clock, vault):
    def make(national_id: str = NOBODYS, name: str = "林小安") -> int:
        new = NewPerson(name=name, national_id=national_id, born_on=date(1990, 1, 1))
        with database.unit_of_work() as session:
            return service.find_or_register(
                new, vault=vault, is_demo=True, session=session, clock=clock
            )

    return make


def test_the_number_stands_nowhere_in_the_row(database, register):
    person_id = register()

    with database.reading() as session:
        row = session.get_one(Person, person_id)
        stored = [str(getattr(row, column.key)) for column in Person.__table__.columns]
        view = queries.person(person_id, session=session)
    assert not any(NOBODYS in text for text in stored)
    assert NOBODYS not in repr(view)
    assert view.national_id == mask_national_id(NOBODYS)


def test_the_same_number_is_the_same_person_and_overwrites_nothing(database, register):
    first, second = register(name="林小安"), register(name="冒名者")

    assert first == second
    with database.reading() as session:
        assert queries.person(first, session=session).name == "林小安"


def test_reading_a_number_is_written_down_with_its_purpose(database, clock, vault, register):
    person_id = register()

    with database.unit_of_work() as session:
        number = service.read_national_id(
            person_id,
            "函詢戶政機關",
            by=OFFICER,
            instance_id="c1",
            vault=vault,
            session=session,
            clock=clock,
        )
    with database.reading() as session:
        lines = queries.readings_of(person_id, session=session)
    assert number == NOBODYS
    assert [(each.account_id, each.purpose, each.instance_id, each.at) for each in lines] == [
        ("9", "函詢戶政機關", "c1", clock.now())
    ]


def test_nobody_reads_a_number_without_a_purpose(database, clock, vault, register):
    person_id = register()

    with database.unit_of_work() as session, pytest.raises(PurposeMissing):
        service.read_national_id(
            person_id, "  x ", by=OFFICER, vault=vault, session=session, clock=clock
        )


def test_a_new_key_takes_over_and_people_are_still_found(database, clock, vault, register):
    person_id = register()
    both = Vault(keys={**vault.keys, "k2": b"2" * 32})

    with database.unit_of_work() as session:
        assert service.person_id_of(NOBODYS, vault=both, session=session) == person_id
        assert service.seal_anew(vault=both, session=session) == 1
        assert service.seal_anew(vault=both, session=session) == 0
    only_new = Vault(keys={"k2": b"2" * 32})
    with database.unit_of_work() as session:
        assert service.person_id_of(NOBODYS, vault=only_new, session=session) == person_id
        assert session.scalars(select(Person.national_id_sealed)).one().startswith("k2:")


def test_a_household_holds_its_head_first(database, clock, register):
    child, head = register(complete_national_id("B00000001")), register()

    with database.unit_of_work() as session:
        household_id = service.form_household(
            head, (Member(person_id=child, relation="child"),), session=session, clock=clock
        )
        found = queries.household(household_id, session=session)
        assert queries.households_of(child, session=session) == [household_id]
    assert [(each.person.id, each.relation) for each in found.members] == [
        (head, "self"),
        (child, "child"),
    ]


def test_contact_changes_leave_the_rest_alone(database, register, vault):
    person_id = register()

    with database.unit_of_work() as session:
        contacts = (Contact(mobile="0912345678"), Contact(contact_address="臺中市"))
        for contact in contacts:
            service.change_contact(person_id, contact, vault=vault, session=session)
        found = queries.person(person_id, session=session)
        whole = service.read_mobile(person_id, vault=vault, session=session)
    assert (found.mobile, whole, found.contact_address) == ("0912***678", "0912345678", "臺中市")


def test_a_mobile_number_is_sealed_and_one_from_before_is_sealed_by_the_next_round(
    database, register, vault
):
    person_id = register()
    both = Vault(keys={**vault.keys, "k2": b"2" * 32})
    with database.unit_of_work() as session:
        row = session.get_one(Person, person_id)
        row.mobile, row.mobile_sealed = "0912345678", None  # as an older version wrote it
    with database.unit_of_work() as session:
        changed = [service.seal_anew(vault=key, session=session) for key in (vault, vault, both)]
        row = session.get_one(Person, person_id)
        raw = f"{row.mobile} {row.mobile_sealed}"
        whole = service.read_mobile(person_id, vault=both, session=session)

    assert (changed, whole) == ([1, 0, 1], "0912345678")
    assert "0912345678" not in raw


def test_nobody_dies_tomorrow(database, clock, register):
    person_id = register()

    with database.unit_of_work() as session:
        with pytest.raises(DeathInFuture):
            service.record_death(person_id, date(2026, 3, 3), session=session, clock=clock)
        service.record_death(person_id, TODAY, session=session, clock=clock)
        assert queries.person(person_id, session=session).died_on == TODAY


def test_an_unknown_person_is_told_so(database):
    with database.reading() as session, pytest.raises(PersonNotFound):
        queries.person(999, session=session)
