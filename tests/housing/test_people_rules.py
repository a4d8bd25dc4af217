"""Passwords, logins, the lock and the life of a session."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing.people.errors import (
    LoginInvalid,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    RoleUnknown,
    ScopeInvalid,
)
from housing.people.rules import (
    LockState,
    check_login,
    check_membership,
    check_new_password,
    login_key,
    normalise_password,
    session_end,
)

NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "安居樂業的十二個字以上密碼", "a" * 11 + "bcd"]
)
def test_twelve_characters_of_any_kind_are_a_password(password):
    assert check_new_password(password, login="resident1") is None


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("elevenchars", PasswordTooShort),
        ("x" * 129, PasswordTooLong),
        ("aaaaaaaaaaaaaa", PasswordTooCommon),
        ("password1234", PasswordTooCommon),
        ("Password!2026", PasswordTooCommon),
        ("123456789012", PasswordTooCommon),
        ("resident1-long", None),
        ("officer-anna2026", PasswordTooCommon),
    ],
)
def test_weak_passwords_are_refused(password, error):
    if error is None:
        check_new_password(password, login="officer-anna")
        return
    with pytest.raises(error):
        check_new_password(password, login="officer-anna")


@given(st.text(max_size=40))
def test_however_a_keyboard_composes_a_password_it_is_the_same(password):
    decomposed = unicodedata.normalize("NFD", password)

    assert normalise_password(decomposed) == normalise_password(password)


@pytest.mark.parametrize("login", ["ab", "-abc", "a b c", "名字名字", "a" * 65, ""])
def test_a_login_that_cannot_be_typed_everywhere_is_refused(login):
    with pytest.raises(LoginInvalid):
        check_login(login)


def test_a_login_is_the_same_in_capitals_and_full_width():
    assert check_login("\uff32esident\uff11 ") == "resident1"
    assert login_key(" RESIDENT1") == login_key("resident1")


def test_a_role_is_held_in_a_known_kind_of_scope():
    check_membership("officer", "city")
    check_membership("contractor", "contractor:WAR1")

    with pytest.raises(RoleUnknown):
        check_membership("king", "city")
    with pytest.raises(ScopeInvalid):
        check_membership("officer", "community:")


def test_the_third_failure_in_a_row_locks_for_fifteen_minutes():
    state = LockState().after_failure(NINE).after_failure(NINE)
    assert not state.is_locked(NINE)

    locked = state.after_failure(NINE)

    assert locked.is_locked(NINE + minutes(14))
    assert not locked.is_locked(NINE + minutes(15))


def test_after_a_lock_counting_begins_anew():
    locked = LockState().after_failure(NINE).after_failure(NINE).after_failure(NINE)

    again = locked.after_failure(NINE + minutes(20))

    assert again == LockState(failures=1)


def test_a_session_lives_eight_hours_after_the_last_page_and_twelve_at_most():
    assert session_end(NINE, NINE) == NINE + timedelta(hours=8)
    assert session_end(NINE, NINE + timedelta(hours=7)) == NINE + timedelta(hours=12)
