"""The second step at the sign-in: set up, asked for, used up, lost."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from engine.clock import FrozenClock
from housing import bootstrap, settings
from housing.demo.accounts import PASSWORD
from housing.errors import SettingsInvalid
from housing.notices import queries as notices
from housing.notices.queries import MailboxFilter
from housing.people import queries, second_factor, totp
from housing.people.models import Account
from housing.people.rules import ROLES
from scheduler.relay import Relay
from tests.conftest import BEGIN
from webapp.cli.main import commands
from webapp.factory import create_app

OTHER = "another sentence of mine"
STEP = timedelta(seconds=30)
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B, in base32


@pytest.fixture
def code(clock):
    """What the app shows for a secret, some steps from now."""

    def shown(secret, steps=0):
        key = base64.b32decode(secret)
        instant = (clock.now() + steps * STEP).timestamp()
        return TOTP(key, 6, SHA1(), 30).generate(int(instant)).decode()  # noqa: S303

    return shown


@pytest.fixture
def set_up(signed_in, code, clock):
    """Set up the second step of an account; gives its secret and recovery codes."""

    def make(login="resident1"):
        browser = signed_in(login)
        browser.open("/account/second-factor")
        page = browser.send("/account/second-factor")
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")
        done = browser.send("/account/second-factor/confirm", code=code(secret))
        clock.advance(STEP)
        return secret, re.findall(r"<li><code>([a-z2-7-]+)</code>", done.text)

    return make


def test_codes_agree_with_the_published_examples():
    instant = datetime.fromtimestamp(1111111109, tz=UTC)

    assert totp.step_of_code(RFC_KEY, "081804", after=None, now=instant) == 1111111109 // 30


def test_the_password_alone_opens_nothing_and_the_code_does(set_up, visitor, code):
    secret, codes = set_up()
    assert len(set(codes)) == totp.RECOVERY_CODES

    asked = visitor.sign_in("resident1")

    assert "登入第二步驗證" in asked.text
    assert visitor.open("/account").status_code == 302
    visitor.open("/sign-in/code")
    assert "林安安，您好" in visitor.send("/sign-in/code", code=code(secret)).text


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 401), (0, 200), (1, 200), (2, 401)])
def test_a_clock_may_differ_by_one_step_and_used_codes_stay_used(
    set_up, visitor, code, steps, status
):
    secret, _ = set_up()  # its first code is one step old now: that step is used up
    visitor.sign_in("resident1")

    assert visitor.send("/sign-in/code", code=code(secret, steps)).status_code == status


def test_a_code_opens_one_session_only(set_up, visitor, opened, app, code):
    secret, codes = set_up()
    for used in (code(secret), codes[0]):
        visitor.sign_in("resident1")
        assert visitor.send("/sign-in/code", code=used).status_code == 200
        again = opened(app)
        again.sign_in("resident1")
        assert again.send("/sign-in/code", code=used).status_code == 401


def test_guessed_codes_lock_the_account_though_the_password_is_right_in_between(
    set_up, visitor, code
):
    secret, codes = set_up()
    statuses = []
    for _ in range(3):
        visitor.sign_in("resident1")
        statuses.append(visitor.send("/sign-in/code", code="000000").status_code)

    assert statuses == [401, 401, 429]
    assert visitor.send("/sign-in/code", code=code(secret)).status_code == 429
    assert visitor.send("/sign-in/code", code=codes[0]).status_code == 429


def test_a_sign_in_waits_ten_minutes_for_its_code(set_up, visitor, code, clock):
    secret, _ = set_up()
    visitor.sign_in("resident1")
    clock.advance(timedelta(minutes=10))

    assert "登入逾時" in visitor.send("/sign-in/code", code=code(secret)).text
    assert visitor.open("/account").status_code == 302


def test_the_owner_switches_it_off_by_a_code(set_up, visitor, code, clock):
    secret, _ = set_up()
    visitor.sign_in("resident1")
    visitor.send("/sign-in/code", code=code(secret))
    visitor.open("/account/second-factor")

    assert visitor.send("/account/second-factor/off", code="000000").status_code == 422
    clock.advance(STEP)
    assert "第二步驗證已停用" in visitor.send("/account/second-factor/off", code=code(secret)).text


def test_an_administrator_resets_it_for_others_with_a_reason_that_is_kept(
    set_up, signed_in, visitor, house
):
    set_up()
    admin = signed_in("admin1")
    admin.open("/account/second-factor")
    address = "/account/second-factor/reset"

    assert admin.send(address, login="resident1", reason=" ").status_code == 422
    assert admin.send(address, login="admin1", reason="手機遺失，已當面確認").status_code == 422
    assert admin.send(address, login="nobody", reason="手機遺失，已當面確認").status_code == 422
    assert admin.send(address, login="resident1", reason="手機遺失，已當面確認").status_code == 200

    assert "林安安，您好" in visitor.sign_in("resident1").text
    with house.reading() as session:
        lines = queries.audit_log(session=session)
        by = queries.account_by_login("admin1", session=session)
    (line,) = [each for each in lines if each.kind == "second_factor_reset"]
    assert line.details == {"by": str(by.id), "reason": "手機遺失，已當面確認"}


def test_the_command_line_resets_it_for_the_only_administrator(set_up, visitor, house, monkeypatch):
    set_up("admin1")
    monkeypatch.setenv("ANJU_VAR", str(house.settings.var))
    monkeypatch.setenv("ANJU_DEMO", "1")
    given = ["account", "reset-second-factor", "admin1", "--reason"]

    assert CliRunner().invoke(commands, [*given, " "]).exit_code != 0
    assert "登入第二步驗證" in visitor.sign_in("admin1").text
    assert CliRunner().invoke(commands, [*given, "手機遺失，已當面確認"]).exit_code == 0
    assert "管理員，您好" in visitor.sign_in("admin1").text


def test_where_a_role_requires_it_nothing_else_opens_before(house, opened):
    required = replace(house.settings, require_totp=frozenset({"administrator"}))
    app = create_app(replace(house, settings=required))
    admin, resident = opened(app), opened(app)
    resident.sign_in("resident1")

    assert "請先完成設定" in admin.sign_in("admin1").text
    assert admin.open("/operations").headers["Location"] == "/account/second-factor"
    assert resident.open("/account").status_code == 200


def test_the_secret_is_sealed_and_follows_a_new_key(set_up, house):
    secret, _ = set_up()
    keys = {**house.settings.keys, "k9": bytes(32)}
    vault = replace(house.vault, keys=keys)

    with house.unit_of_work() as session:
        assert second_factor.seal_anew(vault=vault, session=session) == 1
        stored = queries.account_by_login("resident1", session=session)
        sealed = session.get_one(Account, stored.id).totp_sealed
        assert second_factor.seal_anew(vault=vault, session=session) == 0
    assert sealed.startswith("k9:")
    assert secret not in sealed


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ({}, {"administrator"}),
        ({"ANJU_DEMO": "1"}, set()),
        ({"ANJU_REQUIRE_TOTP": "none"}, set()),
        ({"ANJU_DEMO": "1", "ANJU_REQUIRE_TOTP": "officer, finance"}, {"officer", "finance"}),
    ],
)
def test_a_setting_says_who_must_have_it(tmp_path, given, roles):
    assert settings.load({"ANJU_VAR": str(tmp_path), **given}).require_totp == roles
    assert roles <= ROLES


def test_a_role_that_does_not_exist_is_refused_at_the_start(tmp_path):
    wrong = settings.load({"ANJU_VAR": str(tmp_path), "ANJU_REQUIRE_TOTP": "administrater"})

    with pytest.raises(SettingsInvalid, match="ANJU_REQUIRE_TOTP"):
        bootstrap.build(wrong, clock=FrozenClock(BEGIN))


def test_new_recovery_codes_end_the_old_ones_and_stand_in_for_something_only(
    set_up, visitor, signed_in, opened, app, code
):
    secret, old = set_up()
    visitor.sign_in("resident1")
    visitor.send("/sign-in/code", code=code(secret))
    visitor.open("/account/second-factor")
    new = re.findall(
        r"<li><code>([a-z2-7-]+)</code>", visitor.send("/account/second-factor/codes").text
    )

    again = opened(app)
    again.sign_in("resident1")
    assert again.send("/sign-in/code", code=old[0]).status_code == 401
    assert again.send("/sign-in/code", code=new[0]).status_code == 200
    neighbour = signed_in("resident2")
    neighbour.open("/account/second-factor")
    assert neighbour.send("/account/second-factor/codes").status_code == 422


def test_ten_minutes_after_the_sign_in_nothing_changes_without_the_password(signed_in, clock):
    browser = signed_in("resident1")
    browser.open("/account/second-factor")
    browser.send("/account/second-factor")
    clock.advance(timedelta(minutes=11))

    for address in ("", "/confirm", "/codes"):
        page = browser.send(f"/account/second-factor{address}", code="000000")
        assert "請再次驗證身分" in page.text


def test_the_owner_is_told_by_mail_whenever_the_ways_into_the_account_change(
    set_up, signed_in, house, visitor, code, clock
):
    secret, _codes = set_up()
    visitor.sign_in("resident1")
    visitor.send("/sign-in/code", code=code(secret))
    visitor.open("/account/second-factor")
    visitor.send("/account/second-factor/codes")
    clock.advance(STEP)
    admin = signed_in("admin1")
    admin.open("/account/second-factor")
    admin.send("/account/second-factor/reset", login="resident1", reason="手機遺失，已當面確認")
    clock.advance(STEP)
    home = signed_in("resident1")
    home.open("/account")
    new = {"new_password": OTHER, "new_password_again": OTHER}
    home.send("/account/password", old_password=PASSWORD, **new)
    Relay(house).run()

    with house.reading() as session:
        owner = queries.account_by_login("resident1", session=session)
        wanted = MailboxFilter(recipient=str(owner.id), channel="mail")
        told = [each.subject for each in notices.delivered(wanted, session=session)]
    assert told == ["您的登入方式已變更"] * 4
