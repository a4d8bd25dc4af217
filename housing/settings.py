"""The settings of the house; the only place that reads the environment."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from housing import channels
from housing.channels import Channels
from housing.errors import SettingsInvalid

LANGUAGES = ("zh_Hant_TW", "en")
"""Languages of the pages and notices; the first is the default."""

TRYOUTS = "tryouts"
"""Folder of supervisors' trials in that of the installation."""

BANKS = ("simulator", "off")
_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_MIN_SECRET_LENGTH = 16
_KEY_BYTES = 32
_PHONE = re.compile(r"[0-9+#() -]{3,32}")
_ROLE = re.compile(r"[a-z_]{1,64}")
_KEY_LINE = re.compile(r"([A-Za-z0-9_-]{1,16})\s+([0-9a-fA-F]{64})")


def _throw_away_keys() -> dict[str, bytes]:
    """Make a key for a house that is thrown away after use; `load` reads the lasting ones."""
    return {"k1": secrets.token_bytes(_KEY_BYTES)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an installation decides, read once at start.

    Attributes:
        var: folder of everything that is written: database, uploads, keys, the lock file.
        database_url: an SQLAlchemy address, SQLite or PostgreSQL.
        is_demo: whether the demo clock may be moved and the demo banner is shown.
        secret_key: signs cookies and CSRF tokens.
        language: language of a reader who has not chosen one.
        base_url: address of the pages as readers type it, without a slash at the end.
        channels: how messages leave the house.
        keys: key id to the bytes that seal personal data, oldest first; see `housing.vault`.
        bank: who answers whether an account fits a name: simulator (a person plays the bank), or
            off (the office enters the bank's answer through its program).
        office_phone: number of the housing office that residents may call; "" shows none.
        require_totp: roles that must set up a second factor before they do anything else.
        metrics_token: what Prometheus sends to read the figures from elsewhere; "" for nobody.
    """

    var: Path
    database_url: str
    is_demo: bool = False
    secret_key: str = field(repr=False)
    language: str = LANGUAGES[0]
    base_url: str = "http://127.0.0.1:8000"
    channels: Channels = field(default_factory=Channels)
    keys: Mapping[str, bytes] = field(default_factory=_throw_away_keys, repr=False)
    bank: str = "off"
    metrics_token: str = field(default="", repr=False)
    require_totp: frozenset[str] = frozenset()
    office_phone: str = ""

    @property
    def files_path(self) -> Path:
        """Tell the folder of uploaded files."""
        return self.var / "files"

    @property
    def exports_path(self) -> Path:
        """Tell the folder of sealed copies of people's own data."""
        return self.var / "exports"

    @property
    def city_paths(self) -> Sequence[Path]:
        """List the folders that belong to the people and drafts of the database."""
        return self.files_path, self.exports_path, self.var / TRYOUTS

    @property
    def lock_path(self) -> Path:
        """Tell the file that keeps a second server out."""
        return self.var / "anju.lock"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and make the folder they need.

    Args:
        environment: names to texts; the process's own environment when absent.

    Raises:
        SettingsInvalid: a value cannot be used; the error names the variable.
    """
    given = os.environ if environment is None else environment
    var = _read_folder(given)
    base_url = _read_base_url(given)
    return Settings(
        var=var,
        database_url=_read_database_url(given, var),
        is_demo=_read_yes_no(given, "ANJU_DEMO"),
        secret_key=_read_secret_key(given, var),
        language=_read_language(given),
        base_url=base_url,
        channels=channels.read(given, var, base_url),
        keys=_read_keys(given, var),
        bank=_read_bank(given),
        metrics_token=_read_metrics_token(given),
        require_totp=_read_require_totp(given),
        office_phone=_read_office_phone(given),
    )


def load_demo() -> Settings:
    """Read the settings of a demo city from the environment, with all that is different there."""
    return load({**os.environ, "ANJU_DEMO": "1"})


def add_key(var: Path) -> str:
    """Add a new key for personal data to the key file; it seals from the next start on.

    Returns:
        The key's id.

    Raises:
        SettingsInvalid: there is no key file: the keys come from ANJU_KEYS; add one there.
    """
    path = var / "keys"
    if os.environ.get("ANJU_KEYS") or not path.is_file():
        raise SettingsInvalid("ANJU_KEYS", "the keys do not come from a file; add one there")
    key_id = f"k{len(_parse_keys(path.read_text('utf-8'), 'ANJU_VAR')) + 1}"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{key_id} {secrets.token_hex(_KEY_BYTES)}\n")
    return key_id


def _read_bank(given: Mapping[str, str]) -> str:
    """Read who plays the bank; in a demo city it is simulated unless that is switched off."""
    is_demo = _read_yes_no(given, "ANJU_DEMO")
    wanted = given.get("ANJU_BANK") or ("simulator" if is_demo else "off")
    if wanted not in BANKS:
        raise SettingsInvalid("ANJU_BANK", f"it must be one of {', '.join(BANKS)}")
    return wanted


def _read_require_totp(given: Mapping[str, str]) -> frozenset[str]:
    """Read the roles, separated by commas, or "none"; administrators outside of a demo city."""
    is_demo = _read_yes_no(given, "ANJU_DEMO")
    text = given.get("ANJU_REQUIRE_TOTP") or ("none" if is_demo else "administrator")
    if text.strip() == "none":
        return frozenset()
    roles = frozenset(each.strip() for each in text.split(","))
    if not all(_ROLE.fullmatch(each) for each in roles):
        raise SettingsInvalid("ANJU_REQUIRE_TOTP", "it must be roles with commas between, or none")
    return roles


def _read_office_phone(given: Mapping[str, str]) -> str:
    """Read the office's number; a demo city has one that nobody can be called by."""
    is_demo = _read_yes_no(given, "ANJU_DEMO")
    phone = given.get("ANJU_OFFICE_PHONE", "04-0000-1000" if is_demo else "").strip()
    if phone and not _PHONE.fullmatch(phone):
        raise SettingsInvalid("ANJU_OFFICE_PHONE", "it must be a phone number")
    return phone


def _read_metrics_token(given: Mapping[str, str]) -> str:
    token = given.get("ANJU_METRICS_TOKEN", "")
    if token and len(token) < _MIN_SECRET_LENGTH:
        raise SettingsInvalid(
            "ANJU_METRICS_TOKEN", f"it needs at least {_MIN_SECRET_LENGTH} characters"
        )
    return token


def _read_folder(given: Mapping[str, str]) -> Path:
    var = Path(given.get("ANJU_VAR") or "var").absolute()
    try:
        var.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid("ANJU_VAR", f"{var} is no usable folder") from error
    return var


def _read_database_url(given: Mapping[str, str], var: Path) -> str:
    url = given.get("ANJU_DATABASE_URL") or f"sqlite:///{var / 'anju.db'}"
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError as error:
        raise SettingsInvalid("ANJU_DATABASE_URL", "it is no database address") from error
    if backend not in {"sqlite", "postgresql"}:
        raise SettingsInvalid("ANJU_DATABASE_URL", "only sqlite and postgresql are supported")
    if backend == "sqlite" and make_url(url).database in {None, "", ":memory:"}:
        raise SettingsInvalid("ANJU_DATABASE_URL", "an SQLite database must be a file")
    return url


def _read_yes_no(given: Mapping[str, str], variable: str) -> bool:
    text = given.get(variable) or "0"
    if text.lower() not in _YES_NO:
        raise SettingsInvalid(variable, "it must be 0 or 1")
    return _YES_NO[text.lower()]


def _read_language(given: Mapping[str, str]) -> str:
    language = given.get("ANJU_LANGUAGE") or LANGUAGES[0]
    if language not in LANGUAGES:
        raise SettingsInvalid("ANJU_LANGUAGE", f"it must be one of {', '.join(LANGUAGES)}")
    return language


def _read_base_url(given: Mapping[str, str]) -> str:
    url = given.get("ANJU_BASE_URL") or "http://127.0.0.1:8000"
    if not url.startswith(("http://", "https://")):
        raise SettingsInvalid("ANJU_BASE_URL", "it must begin with http:// or https://")
    return url.rstrip("/")


def _read_secret_key(given: Mapping[str, str], var: Path) -> str:
    """Take the key from the environment, or from its file, which is made at the first start."""
    if key := given.get("ANJU_SECRET_KEY"):
        if len(key) < _MIN_SECRET_LENGTH:
            raise SettingsInvalid(
                "ANJU_SECRET_KEY", f"it needs at least {_MIN_SECRET_LENGTH} characters"
            )
        return key
    path = var / "secret_key"
    try:
        # Exclusive creation with its final rights: no moment in which others may read the key.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsInvalid("ANJU_VAR", f"{path} cannot be written") from error
    return _read_key_file(path)


def _read_keys(given: Mapping[str, str], var: Path) -> dict[str, bytes]:
    """Take the keys from the environment, or from their file, which is made at the first start.

    One key a line, oldest first: its id and 64 hexadecimal digits; in the environment commas may
    stand for the ends of lines.
    """
    if text := given.get("ANJU_KEYS"):
        return _parse_keys(text.replace(",", "\n"), "ANJU_KEYS")
    path = var / "keys"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
            file.write(f"k1 {secrets.token_hex(_KEY_BYTES)}\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsInvalid("ANJU_VAR", f"{path} cannot be written") from error
    return _parse_keys(path.read_text("utf-8"), "ANJU_VAR")


def _parse_keys(text: str, variable: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _KEY_LINE.fullmatch(line)
        if found is None or found[1] in keys:
            raise SettingsInvalid(variable, "a key line is an id and 64 hexadecimal digits")
        keys[found[1]] = bytes.fromhex(found[2])
    if not keys:
        raise SettingsInvalid(variable, "there is no key for personal data")
    return keys


def _read_key_file(path: Path) -> str:
    key = path.read_text("utf-8").strip()
    if len(key) < _MIN_SECRET_LENGTH:
        raise SettingsInvalid("ANJU_VAR", f"{path} holds no key; remove it to get a new one")
    return key
