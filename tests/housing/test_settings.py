"""Settings come from the environment, and a bad one is named."""

import stat

import pytest

from housing import settings
from housing.errors import SettingsInvalid


@pytest.fixture
def environment(tmp_path):
    return {"ANJU_VAR": str(tmp_path / "var")}


def test_without_any_setting_everything_lies_in_one_folder(environment, tmp_path):
    read = settings.load(environment)

    assert read.database_url == f"sqlite:///{tmp_path / 'var' / 'anju.db'}"
    assert read.files_path == tmp_path / "var" / "files"
    assert not read.is_demo
    assert read.language == "zh_Hant_TW"


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(environment, tmp_path):
    first = settings.load(environment)
    second = settings.load(environment)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_the_secret_key_does_not_appear_when_settings_are_printed(environment):
    read = settings.load(environment)

    assert read.secret_key not in repr(read)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ANJU_DEMO", "perhaps"),
        ("ANJU_LANGUAGE", "zh_TW"),
        ("ANJU_DATABASE_URL", "nonsense"),
        ("ANJU_DATABASE_URL", "mysql://localhost/anju"),
        ("ANJU_DATABASE_URL", "sqlite://"),
        ("ANJU_SECRET_KEY", "short"),
        ("ANJU_BASE_URL", "anju.example.org"),
        ("ANJU_SMTP_PORT", "70000"),
        ("ANJU_SMTP_PORT", "²"),
        ("ANJU_VAR", "/dev/null/var"),
    ],
)
def test_a_bad_setting_is_named(environment, variable, value):
    with pytest.raises(SettingsInvalid) as caught:
        settings.load(environment | {variable: value})

    assert variable in str(caught.value)


def test_an_empty_key_file_is_not_taken_for_a_key(environment, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret_key").touch()

    with pytest.raises(SettingsInvalid):
        settings.load(environment)
