"""Signing in, the lock (golden scenario S13), sessions, accounts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from housing.people import queries, service
from housing.people.errors import AccountNotFound, LanguageUnknown, LoginTaken, PasswordTooShort
from housing.people.models import LoginFailure, LoginLock, WebSession
from housing.people.rules import ADDRESS_FAILURES
from housing.people.service import NewAccount
from housing.people.sessions import Client

RIGHT = "a long right password"
HOME = "203.0.113.7"
NEW = NewAccount(
    login="resident1", name="林小安", password=RIGHT, memberships=(("resident", "community:SW"),)
)


@pytest.fixture
def account_id(database, clock):
    with database.unit_of_work() as session:
        return service.open_account(NEW, session=session, clock=clock)


@pytest.fixture
def try_password(database, clock):
    def attempt(password, login="resident1", address=HOME):
        return service.sign_in(
            login, password, client=Client(address=address), database=database, clock=clock
        )

    return attempt


def kinds_of_audit(database, account_id):
    with database.reading() as session:
        return [line.kind for line in queries.audit_log(account_id=account_id, session=session)]


def who(database, clock, token):
    with database.reading() as session:
        return queries.signed_in(token, now=clock.now(), session=session)


def test_s13_right_password_at_minute_14_is_refused_and_at_15_accepted(
    database, clock, account_id, try_password
):
    try_password("wrong one")
    try_password("wrong two")
    third = try_password("wrong three")
    assert third.kind == "locked"
    assert third.locked_until == clock.now() + timedelta(minutes=15)

    clock.advance(timedelta(minutes=14))
    refused = try_password(RIGHT)
    assert (refused.kind, refused.locked_until) == ("locked", third.locked_until)

    clock.advance(timedelta(minutes=1))
    assert try_password(RIGHT).is_accepted

    kinds = kinds_of_audit(database, account_id)
    counts = {kind: kinds.count(kind) for kind in kinds if kind != "account_opened"}
    assert counts == {"sign_in_failed": 3, "locked": 1, "sign_in_refused": 1, "signed_in": 1}


def test_after_a_success_three_more_failures_are_needed_to_lock(account_id, try_password):
    try_password("wrong one")
    try_password("wrong two")
    try_password(RIGHT)

    assert try_password("wrong again").kind == "wrong"
    assert try_password("wrong again").kind == "wrong"
    assert try_password("wrong again").kind == "locked"


def test_a_try_during_the_lock_does_not_lengthen_it(clock, account_id, try_password):
    for _ in range(3):
        try_password("wrong")
    clock.advance(timedelta(minutes=10))
    try_password("wrong")
    clock.advance(timedelta(minutes=5))

    assert try_password(RIGHT).is_accepted


def test_an_unknown_login_behaves_exactly_like_a_known_one(account_id, try_password):
    known = [try_password("wrong").kind for _ in range(4)]
    unknown = [try_password("wrong", login="nobody").kind for _ in range(4)]

    assert unknown == known == ["wrong", "wrong", "locked", "locked"]


def test_an_unknown_login_is_never_stored_as_it_was_typed(database, try_password):
    try_password("wrong", login="my secret typed in the wrong field")

    with database.reading() as session:
        stored = session.execute(text("select * from login_lock")).all()
        audited = session.execute(text("select * from audit_log")).all()
    assert "secret" not in str(stored) + str(audited)


def test_one_address_cannot_try_many_logins(clock, account_id, try_password):
    for number in range(ADDRESS_FAILURES):
        try_password("wrong", login=f"guess{number}")

    assert try_password(RIGHT).kind == "too_many"
    assert try_password(RIGHT, address="198.51.100.9").is_accepted
    clock.advance(timedelta(minutes=15))
    assert try_password(RIGHT).is_accepted


def test_a_very_long_password_is_just_wrong(account_id, try_password):
    assert try_password("x" * 1_000_000).kind == "wrong"


def test_a_disabled_account_cannot_sign_in_and_its_sessions_end(
    database, clock, account_id, try_password
):
    token = try_password(RIGHT).token
    with database.unit_of_work() as session:
        service.disable(account_id, session=session, clock=clock)

    assert who(database, clock, token) is None
    assert try_password(RIGHT).kind == "wrong"


def test_only_the_hash_of_a_session_token_is_stored(database, clock, account_id, try_password):
    token = try_password(RIGHT).token

    with database.reading() as session:
        rows = session.execute(text("select * from web_session")).all()
    assert token not in str(rows)
    assert who(database, clock, token).account.name == "林小安"


def test_a_session_ends_after_eight_idle_hours(database, clock, account_id, try_password):
    token = try_password(RIGHT).token

    clock.advance(timedelta(hours=7, minutes=59))
    assert who(database, clock, token) is not None
    clock.advance(timedelta(minutes=1))

    assert who(database, clock, token) is None


def test_a_used_session_lives_on_but_not_over_twelve_hours(
    database, clock, account_id, try_password
):
    token = try_password(RIGHT).token
    for _ in range(2):
        clock.advance(timedelta(hours=5, minutes=30))
        with database.unit_of_work() as session:
            service.touch(token, session=session, clock=clock)

    assert who(database, clock, token) is not None
    clock.advance(timedelta(hours=1))
    assert who(database, clock, token) is None


def test_signing_out_ends_the_session_on_the_server(database, clock, account_id, try_password):
    token = try_password(RIGHT).token
    with database.unit_of_work() as session:
        service.sign_out(token, session=session, clock=clock)

    assert who(database, clock, token) is None
    assert kinds_of_audit(database, account_id)[-1] == "signed_out"


def test_what_has_ended_is_purged(database, clock, account_id, try_password):
    try_password("wrong")
    try_password(RIGHT)
    clock.advance(timedelta(days=2))
    with database.unit_of_work() as session:
        service.purge(session=session, clock=clock)

    with database.reading() as session:
        tables = (WebSession, LoginFailure, LoginLock)
        left = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    assert left == [0, 0, 0]


def test_a_login_is_given_once(database, clock, account_id):
    twin = replace(NEW, login="Resident1")
    with pytest.raises(LoginTaken), database.unit_of_work() as session:
        service.open_account(twin, session=session, clock=clock)


def test_a_new_password_must_be_long(database, clock):
    new = replace(NEW, password=RIGHT[:11])
    with pytest.raises(PasswordTooShort), database.unit_of_work() as session:
        service.open_account(new, session=session, clock=clock)


def test_the_language_is_one_that_anju_speaks(database, account_id):
    with database.unit_of_work() as session:
        service.change_language(account_id, "en", session=session)
    with pytest.raises(LanguageUnknown), database.unit_of_work() as session:
        service.change_language(account_id, "fr", session=session)

    with database.reading() as session:
        assert queries.account(account_id, session=session).language == "en"


def test_a_group_within_a_scope_includes_those_of_the_whole_city(database, clock, account_id):
    with database.unit_of_work() as session:
        for login, scope in (("officer1", "city"), ("officer2", "community:PX")):
            officer = replace(NEW, login=login, memberships=(("officer", scope),))
            service.open_account(officer, session=session, clock=clock)

    with database.reading() as session:
        in_sw = queries.accounts_in("officer", "community:SW", session=session)
        in_px = queries.accounts_in("officer", "community:PX", session=session)
    assert [each.login for each in in_sw] == ["officer1"]
    assert [each.login for each in in_px] == ["officer1", "officer2"]


def test_an_account_acts_with_its_roles_within_their_scopes(database, account_id):
    with database.reading() as session:
        actor = queries.actor_of(str(account_id), session=session)

    assert actor.id == str(account_id)
    assert actor.belongs_to("resident", "community:SW")
    assert not actor.belongs_to("resident", "community:PX")


def test_an_unknown_account_is_not_found(database):
    with database.reading() as session:
        assert queries.names_of(["999", "system", "²"], session=session) == {}
        with pytest.raises(AccountNotFound):
            queries.account("system", session=session)
