"""Residents report, follow and take back repairs; nothing typed and no photo is ever lost."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from engine import queries
from housing.files.service import files_of
from housing.repairs.queries import my_tickets

NEW = "/repairs/new"
ANSWERS = {
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


def a_photo(size: tuple[int, int] = (64, 48)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(target, "JPEG")
    return target.getvalue()


def upload(content: bytes, name: str = "水龍頭.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def number_of(page: TestResponse) -> str:
    found = re.search(r"R\d{2,3}-\d{6}", page.text)
    assert found, page.text
    return found[0]


def report(browser, **changes: object) -> TestResponse:
    page = browser.open(NEW)
    fields = {"_token": hidden(page, "_token"), **ANSWERS, "photos": upload(a_photo()), **changes}
    return browser.send(NEW, **fields)


@pytest.fixture
def resident(signed_in):
    return signed_in("resident1")


def test_a_report_with_a_photo_becomes_a_case(house, resident) -> None:
    page = report(resident)

    assert page.status_code == 200
    assert "謝謝您" in page.text or "R1" in page.text
    assert "水龍頭一直漏水" in page.text
    number = number_of(page)
    with house.reading() as session:
        case = queries.by_business_key(number, session)
        photos = files_of(case.id, session=session)
    assert case.status == "active"
    assert len(photos) == 1
    with resident.client.get(f"/files/{photos[0].id}?size=thumb") as thumbnail:
        assert thumbnail.mimetype == "image/jpeg"
        assert thumbnail.headers["Cache-Control"].startswith("private")


def test_the_list_shows_the_report_whose_turn_it_is_and_until_when(resident) -> None:
    number = number_of(report(resident))

    page = resident.open("/repairs")

    assert number in page.text
    assert "物業管理人員" in page.text or "物管" in page.text
    assert 'aria-current="step"' in page.text


def test_without_reports_the_list_says_what_to_do(resident) -> None:
    page = resident.open("/repairs")

    assert 'class="empty"' in page.text
    assert NEW in page.text


def test_a_mistake_keeps_what_was_typed_and_the_photo(house, resident) -> None:
    page = report(resident, phone="12")

    assert page.status_code == 422
    assert "水龍頭一直漏水" in page.text
    assert 'href="#f-phone"' in page.text
    photo = re.search(r'name="photos" value="([0-9a-f]{32})"', page.text)
    assert photo

    again = resident.send(NEW, **{"_token": hidden(page, "_token"), **ANSWERS, "photos": photo[1]})

    case = number_of(again)
    with house.reading() as session:
        instance = queries.by_business_key(case, session)
        assert [file.id for file in files_of(instance.id, session=session)] == [photo[1]]


def test_sending_the_same_page_twice_makes_one_ticket(house, resident, signed_in) -> None:
    page = resident.open(NEW)
    token = hidden(page, "_token")

    first = resident.send(NEW, _token=token, **ANSWERS, photos=upload(a_photo()))
    second = resident.send(NEW, _token=token, **ANSWERS, photos=upload(a_photo()))

    assert number_of(first) == number_of(second)
    with house.reading() as session:
        account = next(iter(queries.instances(queries.InstanceFilter(), session).rows)).started_by
        assert len(my_tickets(int(account), session=session)) == 1


def test_what_is_already_reported_is_shown_before_a_second_ticket(resident) -> None:
    first = number_of(report(resident))

    question = report(resident)
    assert question.status_code == 200
    assert f"/cases/{first}" in question.text
    assert 'name="_confirmed"' in question.text

    photo = re.search(r'name="photos" value="([0-9a-f]{32})"', question.text)
    assert photo
    answer = resident.send(
        NEW,
        **{"_token": hidden(question, "_token"), **ANSWERS},
        photos=photo[1],
        _confirmed="1",
    )
    assert number_of(answer) != first


def test_a_20_mb_photo_gets_a_clear_page_and_keeps_the_rest(resident) -> None:
    page = report(resident, photos=upload(a_photo() + bytes(20 * 1024**2)))
    page.request.environ["wsgi.input"].close()  # the test client's own temporary file

    assert page.status_code == 413
    assert "10 MB" in page.text
    assert "水龍頭一直漏水" in page.text


def test_a_renamed_program_is_refused(resident) -> None:
    page = report(resident, photos=upload(b"MZ" + bytes(3000), "照片.jpg"))

    assert page.status_code == 422
    assert 'href="#f-photos"' in page.text
    assert "照片.jpg" in page.text


def test_a_photo_can_be_taken_out_again_without_javascript(resident) -> None:
    page = report(resident, phone="")
    photo = re.search(r'name="photos" value="([0-9a-f]{32})"', page.text)
    assert photo

    page = resident.send(
        NEW, **ANSWERS, photos=photo[1], _drop=f"photos:{photo[1]}", _token=hidden(page, "_token")
    )

    assert page.status_code == 200
    assert photo[1] not in page.text
    assert "水龍頭一直漏水" in page.text


def test_rows_of_visit_times_are_added_and_removed_without_javascript(resident) -> None:
    resident.open(NEW)

    page = resident.send(NEW, **ANSWERS, _add="visit_times")
    assert 'id="f-visit_times-0-on"' in page.text

    page = resident.send(
        NEW,
        **ANSWERS,
        **{"visit_times-0-on": "2026-03-04", "visit_times-0-part": "morning"},
        _remove="visit_times-0",
    )
    assert 'id="f-visit_times-0-on"' not in page.text


def test_the_server_tells_which_fields_are_hidden(resident) -> None:
    page = resident.open(NEW)
    token = hidden(page, "csrf_token")

    answer = resident.client.post(f"{NEW}?visible=1", data={"where": "common", "csrf_token": token})

    assert answer.get_json() == {"hidden": ["field-entry_without_presence"]}


def test_a_draft_comes_back_and_is_gone_after_sending(resident) -> None:
    resident.open(NEW)
    assert resident.send(NEW, text="寫到一半", _draft="auto").status_code == 204

    page = resident.open(NEW)
    assert "寫到一半" in page.text

    page = resident.send(NEW, _draft="discard")
    assert "寫到一半" not in page.text


def test_a_resident_takes_the_report_back_before_anybody_was_sent(house, resident) -> None:
    number = number_of(report(resident))
    page = resident.open(f"/cases/{number}")
    assert f"/cases/{number}/cancel" in page.text

    page = resident.send(f"/cases/{number}/cancel")

    assert page.status_code == 200
    with house.reading() as session:
        assert queries.by_business_key(number, session).status != "active"
    assert f"/cases/{number}/cancel" not in page.text


def test_another_residents_case_and_photo_do_not_exist(house, resident, signed_in) -> None:
    number = number_of(report(resident))
    with house.reading() as session:
        case = queries.by_business_key(number, session)
        (photo,) = files_of(case.id, session=session)
    stranger = signed_in("resident2")

    guessed = stranger.open(f"/cases/{number}")
    unknown = stranger.open("/cases/R115-999999")

    assert guessed.status_code == unknown.status_code == 404
    assert "水龍頭" not in guessed.text
    assert stranger.client.get(f"/files/{photo.id}").status_code == 404
    assert stranger.client.get(f"/files/{'0' * 32}").status_code == 404
    stranger.open("/")
    assert stranger.send(f"/cases/{number}/cancel").status_code == 404
    assert stranger.open(f"/cases/{number}/extension").status_code == 404


def test_a_manager_reports_for_a_home_of_the_community(signed_in) -> None:
    manager = signed_in("manager1")
    page = manager.open(NEW)
    homes = re.findall(r'<option value="(unit:\d+)"', page.text)
    assert homes

    page = report(manager)
    assert page.status_code == 422
    assert 'href="#place"' in page.text

    page = report(manager, _place=homes[1])

    assert page.status_code == 200
    assert "水龍頭一直漏水" in page.text


def test_a_home_of_somebody_else_cannot_be_chosen(resident, house) -> None:
    with house.reading() as session:
        before = queries.instances(queries.InstanceFilter(), session).total

    page = report(resident, _place="unit:999999")

    assert page.status_code == 403
    with house.reading() as session:
        assert queries.instances(queries.InstanceFilter(), session).total == before


def test_a_page_opened_yesterday_does_not_lose_what_was_typed(resident, clock) -> None:
    resident.open(NEW)
    clock.advance(timedelta(minutes=1))
    resident.forget_token()

    page = resident.send(NEW, **ANSWERS)

    assert page.status_code == 400
    assert "重新" in page.text


def test_staff_search_cases_of_their_community(resident, signed_in) -> None:
    number = number_of(report(resident))
    mine, elsewhere = signed_in("manager1"), signed_in("manager2")

    assert number in mine.open(f"/repairs?q={number}").text
    assert "水龍頭" not in elsewhere.open("/repairs?view=all").text
    assert "水龍頭" not in mine.open("/repairs?q=zzz").text
