"""Coming to an account: sign-up, the office's letter, a forgotten password; no secret told."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.types import Actor
from housing.applications.models import HousingApplication
from housing.applications.rounds import NewRound, open_at_once
from housing.applications.service import House, Submission, submit
from housing.notices import queries as notices
from housing.notices.queries import MailboxFilter
from housing.people.models import Account
from housing.people.queries import account_by_login
from housing.persons import service as persons
from housing.persons.queries import person_of_account
from housing.persons.rules import complete_national_id
from housing.persons.service import NewPerson
from housing.sign_up.rules import check_name
from scheduler.relay import Relay
from webapp.factory import create_app

NEW_ID = complete_national_id("K01234567")
OFFICER = Actor(id="9", name="許承辦")
OWN = "a sentence of one's own"
OTHER = "another sentence of mine"


@pytest.fixture
def post(house):
    """Deliver what waits; gives the newest message of a channel to people without an account."""

    def newest(channel):
        Relay(house).run()
        with house.reading() as session:
            wanted = MailboxFilter(recipient="0", channel=channel)
            found = notices.delivered(wanted, session=session)
        return found[0].body if found else ""

    return newest


@pytest.fixture
def neighbour(house, clock):
    """A person the office knows from paper: no account, a phone on record."""
    with house.unit_of_work() as session:
        new = NewPerson(
            name="趙紙本", national_id=NEW_ID, born_on=date(1980, 5, 6), mobile="0911222333"
        )
        return persons.find_or_register(
            new, vault=house.vault, is_demo=True, session=session, clock=clock
        )


def answer(browser, *pairs):
    page = None
    for step, text in pairs:
        page = browser.send(f"/sign-up/{step}", answer=text)
    return page


def code_in(text):
    return re.search(r"\b(\d{6})\b", text)[1]


def until_password(browser, post, national_id=NEW_ID, born="069/05/06", mobile="0911222333"):
    """Walk the sign-up to its last page."""
    browser.open("/sign-up")
    browser.send("/sign-up/sign_up/begin", agree="1")
    answer(
        browser,
        ("national_id", national_id),
        ("born_on", born),
        ("name", "趙紙本"),
        ("mobile", mobile),
    )
    answer(browser, ("sms", code_in(post("sms"))), ("email", "chao@example.org"))
    return answer(browser, ("mail", code_in(post("mail"))))


def choose(browser, login="chao.zhi", password=OWN):
    return browser.send(
        "/sign-up/password", login=login, new_password=password, new_password_again=password
    )


def account_of(house, login):
    with house.reading() as session:
        return account_by_login(login, session=session)


def person_behind(house, login):
    with house.reading() as session:
        found = account_by_login(login, session=session)
        return found and person_of_account(found.id, session=session)


def test_who_has_the_phone_on_record_signs_up_and_is_the_person_of_the_register(
    house, visitor, post, neighbour
):
    page = until_password(visitor, post)
    assert "設定密碼" in page.text
    choose(visitor)

    assert person_behind(house, "chao.zhi").id == neighbour
    with house.reading() as session:
        row = session.get_one(Account, account_of(house, "chao.zhi").id)
        assert row.mobile_verified_at is not None
        assert row.email_verified_at is not None
    assert "趙紙本，您好" in visitor.sign_in("chao.zhi", OWN).text


def test_another_phone_opens_an_account_that_sees_nothing_until_an_officer_has_checked(
    house, visitor, post, neighbour, signed_in
):
    until_password(visitor, post, mobile="0955666777")
    choose(visitor)
    assert person_behind(house, "chao.zhi") is None

    visitor.sign_in("chao.zhi", OWN)
    assert "如您過去曾有申請案" in visitor.open("/account").text

    officer = signed_in("officer1")
    page = officer.open("/identity-checks")
    assert "0955***777" in page.text
    assert "0911***333" in page.text
    number = re.search(r"/identity-checks/(\d+)", page.text)[1]
    refused = officer.send(f"/identity-checks/{number}", decision="confirm", words="")
    assert refused.status_code == 422
    officer.send(f"/identity-checks/{number}", decision="confirm", words="臨櫃查驗身分證")

    assert person_behind(house, "chao.zhi").id == neighbour
    assert "如您過去曾有申請案" not in visitor.open("/account").text


def test_a_known_account_is_not_given_away_its_owner_is_told(house, visitor, post, clock):
    with house.unit_of_work() as session:
        owner = account_by_login("resident1", session=session)
        person = person_of_account(owner.id, session=session)
        number = persons.read_mobile(person.id, vault=house.vault, session=session)
        national_id = persons.read_national_id(
            person.id, "a test", by=OFFICER, vault=house.vault, session=session, clock=clock
        )
    visitor.open("/sign-up")
    visitor.send("/sign-up/sign_up/begin", agree="1")
    page = answer(
        visitor,
        ("national_id", national_id),
        ("born_on", person.born_on.isoformat()),
        ("name", "林安安"),
        ("mobile", number),
    )

    assert "驗證碼已寄往" in page.text
    told = post("sms")  # at the number that was typed, which is the one on record
    assert "resident1" in told
    assert re.search(r"\b\d{6}\b", told) is None
    assert answer(visitor, ("sms", "123456")).status_code == 422


def test_who_mistyped_his_number_and_corrects_it_gets_a_code_after_all(
    visitor, post, neighbour, opened, app
):
    until_password(visitor, post)
    choose(visitor)
    someone = opened(app)
    someone.open("/forgotten-password")
    someone.send("/sign-up/forgotten/begin")
    before = post("sms")
    answer(
        someone,
        ("national_id", "A123456789"),
        ("born_on", "069/05/06"),
        ("mobile", "0911222333"),
    )
    assert post("sms") == before

    page = answer(someone, ("national_id", NEW_ID))

    assert "請輸入手機收到的驗證碼" in page.text
    assert "chao.zhi" in answer(someone, ("sms", code_in(post("sms")))).text


@pytest.mark.parametrize("dot", ["\u00b7", "\u2027", "\u30fb", "\uff0e"])
def test_names_of_indigenous_peoples_are_names(dot):
    assert check_name(f"瓦歷斯{dot}諾幹").startswith("瓦歷斯")


def test_an_office_that_cannot_send_codes_says_what_to_do_instead(house, opened):
    settings = replace(house.settings, is_demo=False, office_phone="04-22289111")
    someone = opened(create_app(replace(house, settings=settings)))
    for path in ("/sign-up", "/forgotten-password"):
        page = someone.open(path)
        assert "本單位尚未開放以簡訊傳送驗證碼" in page.text
        assert 'href="tel:04-22289111"' in page.text
    assert someone.send("/sign-up/sign_up/begin", agree="1").status_code == 404
    assert "通知書代碼" in someone.open("/first-sign-in").text


def test_five_wrong_codes_and_ten_minutes_end_a_code(visitor, post, clock):
    visitor.open("/sign-up")
    visitor.send("/sign-up/sign_up/begin", agree="1")
    answer(
        visitor, ("national_id", NEW_ID), ("born_on", "069/05/06"), ("name", "趙紙本"),
        ("mobile", "0911222333"),
    )  # fmt: skip
    right = code_in(post("sms"))
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert "驗證碼錯誤" in answer(visitor, ("sms", wrong)).text
    assert "驗證碼已失效" in answer(visitor, ("sms", right)).text

    visitor.send("/sign-up/sms/again")
    clock.advance(timedelta(minutes=10))
    assert "驗證碼已失效" in answer(visitor, ("sms", code_in(post("sms")))).text


def test_the_fifth_code_for_a_number_within_an_hour_is_refused_and_later_goes_out(visitor, clock):
    visitor.open("/sign-up")
    visitor.send("/sign-up/sign_up/begin", agree="1")
    answer(visitor, ("national_id", NEW_ID), ("born_on", "069/05/06"), ("name", "趙紙本"))
    for _ in range(4):
        page = answer(visitor, ("mobile", "0911222333"))
        assert page.status_code == 200
    refused = answer(visitor, ("mobile", "0911222333"))
    assert refused.status_code == 422
    assert "索取驗證碼次數過多" in refused.text


def test_without_agreement_nothing_begins_and_no_question_can_be_skipped(visitor):
    visitor.open("/sign-up")
    refused = visitor.send("/sign-up/sign_up/begin")
    assert refused.status_code == 422
    assert "未同意告知事項者" in refused.text

    visitor.send("/sign-up/sign_up/begin", agree="1")
    assert visitor.open("/sign-up/password").headers["Location"].endswith("/national_id")
    typed = visitor.send("/sign-up/national_id", answer="A123456788")
    assert typed.status_code == 422
    assert 'value="A123456788"' in typed.text


@pytest.mark.parametrize("permit", ["FA12345689", "A800000014"])
def test_residence_permits_of_both_forms_are_accepted(visitor, permit):
    visitor.open("/sign-up")
    visitor.send("/sign-up/sign_up/begin", agree="1")

    assert "出生日期" in visitor.send("/sign-up/national_id", answer=permit).text


def test_a_letter_leads_once_to_a_password_of_ones_own(house, signed_in, opened, app, neighbour):
    officer = signed_in("officer1")
    officer.open(f"/persons/{neighbour}/first-sign-in")
    first = letter_of(officer, neighbour)
    code = letter_of(officer, neighbour)

    someone = opened(app)
    someone.open("/first-sign-in")
    assert show(someone, first).status_code == 422  # issued before, worthless
    assert show(someone, code, digits="0000").status_code == 422
    assert "設定密碼" in show(someone, code).text
    choose(someone)

    assert person_behind(house, "chao.zhi").id == neighbour
    someone.open("/first-sign-in")
    assert show(someone, code).status_code == 422


def test_five_wrong_proofs_end_a_letter(signed_in, opened, app, neighbour):
    officer = signed_in("officer1")
    officer.open(f"/persons/{neighbour}/first-sign-in")
    code = letter_of(officer, neighbour)
    someone = opened(app)
    someone.open("/first-sign-in")
    for _ in range(5):
        show(someone, code, digits="0000")

    assert show(someone, code).status_code == 422


def test_a_forgotten_password_is_replaced_by_the_same_proofs(
    house, visitor, post, neighbour, opened, app
):
    until_password(visitor, post)
    choose(visitor)
    visitor.open("/forgotten-password")
    visitor.send("/sign-up/forgotten/begin")
    answer(visitor, ("national_id", NEW_ID), ("born_on", "069/05/06"), ("mobile", "0911222333"))
    page = answer(visitor, ("sms", code_in(post("sms"))))
    assert "chao.zhi" in page.text
    choose(visitor, password=OTHER)

    assert opened(app).sign_in("chao.zhi", OWN).status_code == 401
    assert "趙紙本，您好" in opened(app).sign_in("chao.zhi", OTHER).text


def test_staff_and_strangers_get_the_same_answer_and_no_code(visitor, post):
    visitor.open("/forgotten-password")
    visitor.send("/sign-up/forgotten/begin")
    page = answer(
        visitor, ("national_id", NEW_ID), ("born_on", "069/05/06"), ("mobile", "0911222333")
    )

    assert "驗證碼已寄往" in page.text
    assert post("sms") == ""


def letter_of(officer, person_id):
    page = officer.send(f"/persons/{person_id}/first-sign-in", checked="臨櫃查驗身分證")
    return re.search(r"<code>([A-Z0-9-]{14})</code>", page.text)[1]


def show(browser, code, digits=NEW_ID[-4:]):
    return browser.send("/first-sign-in", code=code, born_on="069/05/06", digits=digits)


def test_a_paper_applicant_sees_the_case_after_the_first_sign_in_and_others_do_not(
    house, clock, signed_in, opened, app
):
    number, person_id = keyed_in(house, clock)
    stranger = signed_in("applicant2")
    assert stranger.open(f"/cases/{number}").status_code == 404

    officer = signed_in("officer1")
    officer.open(f"/persons/{person_id}/first-sign-in")
    someone = opened(app)
    someone.open("/first-sign-in")
    show(someone, letter_of(officer, person_id))
    choose(someone)
    someone.sign_in("chao.zhi", OWN)

    assert someone.open(f"/cases/{number}").status_code == 200
    assert number in someone.open("/applications").text


def keyed_in(house, clock):
    """Key in an application on paper; gives its number and the applicant's id."""
    new = NewRound(kind="rolling", title="梧棲三民好宅隨到隨辦")
    with house.unit_of_work() as session:
        call = open_at_once(new, session=session, clock=clock).number
    values = {
        "round": call,
        "site1": "SW",
        "room_type": "1BR",
        "household_class": "general",
        "name": "趙紙本",
        "nat_id": NEW_ID,
        "dob": date(1980, 5, 6),
        "mobile": "0911222333",
        "address_registered": "臺中市東區樂業路 1 號",
        "city_link": "registered",
        "owns_home": "none",
        "income_month_person": 30000,
        "property_value": 0,
        "consent_privacy": True,
        "consent_truth": True,
    }
    with house.unit_of_work() as session:
        by = account_by_login("officer1", session=session).actor
        desk = House(
            vault=house.vault, is_demo=True, engine=house.engine, session=session, clock=clock
        )
        paper = Submission(token="paper", values=values, postmark_on=date(2026, 3, 2))  # noqa: S106
        submit(paper, by=by, house=desk)
        row = session.scalars(select(HousingApplication)).one()
        return row.number, row.person_id
