"""Letters on the case page, as PDF, and the proof of their service: to whom, and to nobody else."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from engine import queries as engine_queries
from engine.types import InstanceRef
from housing.letters import queries, service
from housing.letters.service import NewLetter
from housing.people.queries import account_by_login
from housing.persons.queries import person_of_account
from tests import papers

DEFECTS = {"days": 7, "defects": [{"text": "所得清單未附", "proof": "所得清單"}]}


class Post:
    """Writes letters of a reported repair's case: any case will do."""

    def __init__(self, house, reported, clock) -> None:
        self._house, self._clock = house, clock
        self.number = reported("resident1").number

    def send(self, login: str, **changes: object) -> int:
        house, clock = self._house, self._clock
        with house.unit_of_work() as session:
            case = engine_queries.by_business_key(self.number, session)
            account = account_by_login(login, session=session)
            officer = account_by_login("officer1", session=session)
            new = {
                "key": f"t:{login}",
                "instance": InstanceRef(
                    id=case.id, business_key=case.business_key, scope=case.scope
                ),
                "template": "supplement",
                "person_id": person_of_account(account.id, session=session).id,
                "fields": DEFECTS,
                "period": "7d",
            } | changes
            letter_id = service.write(
                NewLetter(**new), by=officer.actor, session=session, clock=clock
            )
            service.send(letter_id, engine=house.engine, session=session, clock=clock)
        return letter_id

    def read(self, letter_id: int) -> queries.LetterView:
        with self._house.reading() as session:
            return queries.letter(letter_id, session=session)


@pytest.fixture
def post(house, reported, clock) -> Post:
    """Somebody who sends letters."""
    return Post(house, reported, clock)


def got(browser, address: str):
    """Fetch what is no page."""
    return browser.client.get(address, buffered=True)


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_case_without_letters_says_so_to_the_office_only(signed_in, post):
    assert "本案尚未發文" in signed_in("officer1").open(f"/cases/{post.number}").text
    assert "公文" not in signed_in("resident1").open(f"/cases/{post.number}").text


def test_the_addressee_and_the_office_see_the_letter_and_nobody_else(signed_in, post):
    letter_id = post.send("resident1")
    address = f"/letters/{letter_id}.pdf"

    for login in ("resident1", "officer1", "manager1"):
        browser = signed_in(login)
        assert "補正通知書" in browser.open(f"/cases/{post.number}").text
        letter = got(browser, address)
        assert letter.mimetype == "application/pdf"
        assert f"/follow/{post.number}/" in words_of(letter.data)
    for login in ("resident2", "manager2", "warranty1"):
        assert got(signed_in(login), address).status_code == 404


def test_the_household_does_not_read_another_persons_letter(signed_in, post):
    letter_id = post.send("resident2")  # of another home

    assert got(signed_in("resident1"), f"/letters/{letter_id}.pdf").status_code == 404
    assert "補正通知書" not in signed_in("resident1").open(f"/cases/{post.number}").text
    assert got(signed_in("resident2"), f"/letters/{letter_id}.pdf").status_code == 200


def test_an_absent_letter_and_a_strange_one_look_alike(signed_in):
    assert signed_in("resident1").open("/letters/999.pdf").status_code == 404
    assert signed_in("officer1").open("/letters/999/service").status_code == 404


def test_that_the_addressee_opened_it_is_noted(signed_in, post):
    letter_id = post.send("resident3")
    got(signed_in("officer1"), f"/letters/{letter_id}.pdf")
    assert post.read(letter_id).proofs == ()

    page = got(signed_in("resident3"), f"/letters/{letter_id}.pdf")
    assert "所得清單未附" in PdfReader(io.BytesIO(page.data)).pages[0].extract_text()
    assert [each.kind for each in post.read(letter_id).proofs] == ["portal_read"]


def test_an_officer_enters_the_receipt_and_the_period_runs_from_its_day(signed_in, post, clock):
    letter_id = post.send("resident3")
    clock.advance(timedelta(days=3))
    browser = signed_in("officer1")
    assert f"/letters/{letter_id}/service" in browser.open(f"/cases/{post.number}").text
    browser.open(f"/letters/{letter_id}/service")

    page = browser.send(
        f"/letters/{letter_id}/service",
        kind="registered_receipt",
        on="115/03/04",
        note="掛號 123456",
        evidence=(io.BytesIO(papers.a_pdf()), "回執.pdf"),
    )

    letter = post.read(letter_id)
    assert page.status_code == 200
    assert "送達證明已登錄" in page.text
    assert "115/03/11" in page.text  # seven days after 4 March
    assert letter.state == "served"
    assert letter.proofs[0].evidence_file_id is not None
    assert got(browser, f"/files/{letter.proofs[0].evidence_file_id}").status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "", "on": "115/03/02"}, "請選擇送達方式"),
        ({"kind": "handed", "on": "soon"}, "請填寫送達日期"),
        ({"kind": "handed", "on": "115/03/20"}, "不得晚於今日"),
        ({"kind": "handed", "on": "115/02/27"}, "不得早於發文日期"),
        ({"kind": "portal_read", "on": "115/03/02"}, "請選擇送達方式"),
        ({"kind": "handed", "on": "115/03/02", "evidence": (io.BytesIO(b"x"), "a.jpg")}, "照片"),
        (
            {
                "kind": "handed",
                "on": "115/03/02",
                "evidence": (io.BytesIO(papers.a_pdf_that_acts("/JavaScript")), "回執.pdf"),
            },
            "含有程式碼",
        ),
    ],
)
def test_a_proof_that_cannot_be_is_refused_and_what_was_typed_stays(signed_in, post, typed, words):
    letter_id = post.send("resident3")
    browser = signed_in("officer1")
    browser.open(f"/letters/{letter_id}/service")

    page = browser.send(f"/letters/{letter_id}/service", note="備註在此", **typed)

    assert page.status_code == 422
    assert words in page.text
    assert "備註在此" in page.text
    assert post.read(letter_id).state == "sent"


def test_residents_and_managers_enter_no_proofs(signed_in, post):
    letter_id = post.send("resident3")

    for login in ("resident3", "manager1", "repair1"):
        assert signed_in(login).open(f"/letters/{letter_id}/service").status_code == 403


def test_a_letter_to_a_contractor_is_read_by_the_firm(signed_in, post):
    fields = {"days": 14, "what": "代履行費用", "consequence": "依約扣抵。", "total_twd": 3800}
    letter_id = post.send(
        "resident1", template="demand", person_id=None, contractor="WAR1", fields=fields
    )

    assert got(signed_in("warranty1"), f"/letters/{letter_id}.pdf").status_code == 200
    assert got(signed_in("repair1"), f"/letters/{letter_id}.pdf").status_code == 404
