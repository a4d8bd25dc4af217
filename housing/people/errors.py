"""What can go wrong with accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import Invalid, NotFound


@dataclass(eq=False)
class AccountNotFound(NotFound):
    """There is no account %(account_id)s."""

    account_id: str


@dataclass(eq=False)
class LoginTaken(Invalid):
    """The login %(login)s already exists."""

    login: str


@dataclass(eq=False)
class LoginInvalid(Invalid):
    """A login has 3 to 64 letters, digits, dots, hyphens or underscores."""


@dataclass(eq=False)
class PasswordTooShort(Invalid):
    """A password needs at least %(min_length)d characters."""

    min_length: int


@dataclass(eq=False)
class PasswordTooLong(Invalid):
    """A password may have at most %(max_length)d characters."""

    max_length: int


@dataclass(eq=False)
class PasswordTooCommon(Invalid):
    """This password is too easy to guess."""


@dataclass(eq=False)
class RoleUnknown(Invalid):
    """There is no role %(role)s."""

    role: str


@dataclass(eq=False)
class ScopeInvalid(Invalid):
    """The scope %(scope)s is neither the city, nor a community, nor a contractor."""

    scope: str


@dataclass(eq=False)
class RoleNotGiven(Invalid):
    """This account does not have the role %(role)s in %(scope)s."""

    role: str
    scope: str


@dataclass(eq=False)
class LanguageUnknown(Invalid):
    """Anju does not speak the language %(language)s."""

    language: str


@dataclass(eq=False)
class EmailInvalid(Invalid):
    """An e-mail address looks like name@example.org, in letters without accents."""


@dataclass(eq=False)
class MobileInvalid(Invalid):
    """A mobile number has ten digits and begins with 09."""


@dataclass(eq=False)
class CodeWrong(Invalid):
    """This code is wrong or was used before."""


@dataclass(eq=False)
class FactorMissing(Invalid):
    """Set up a passkey or the app first: recovery codes stand in for it."""


@dataclass(eq=False)
class OwnFactor(Invalid):
    """You cannot reset your own second factor; ask another administrator."""


@dataclass(eq=False)
class ReasonTooShort(Invalid):
    """Say the reason in at least %(min_length)d characters."""

    min_length: int


@dataclass(eq=False)
class PasskeyRefused(Invalid):
    """This passkey was not accepted. Please try again."""


@dataclass(eq=False)
class PasskeyNotFound(NotFound):
    """There is no such passkey."""


@dataclass(eq=False)
class TooManyPasskeys(Invalid):
    """An account can have %(most)d passkeys: remove one first."""

    most: int


@dataclass(eq=False)
class KeyUnknown(Invalid):
    """“%(key)s” is no key: take a letter, digit or sign, or two of them with a blank between."""

    key: str


@dataclass(eq=False)
class KeyNotEnglish(Invalid):
    """“%(key)s” was typed with an input method: switch it to English, then press the key again."""

    key: str


@dataclass(eq=False)
class KeyOwned(Invalid):
    """“%(key)s” belongs to browsers or screen readers; with Ctrl there are %(choices)s."""

    key: str
    choices: str


@dataclass(eq=False)
class KeyNeedsCtrl(Invalid):
    """This command is used while one writes, so it needs Ctrl with %(choices)s."""

    choices: str


@dataclass(eq=False)
class KeyFixed(Invalid):
    """“%(key)s” always shows the list of keys."""

    key: str


@dataclass(eq=False)
class KeyTaken(Invalid):
    """“%(key)s” is already the key of “%(command)s”."""

    key: str
    command: str


@dataclass(eq=False)
class KeyClashes(Invalid):
    """“%(key)s” begins like “%(other)s”, the key of “%(command)s”."""

    key: str
    other: str
    command: str


@dataclass(eq=False)
class KeysRefused(Invalid):
    """Some of these keys cannot be used; nothing was changed."""

    problems: Mapping[str, Invalid]
