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
        ("ANJU_SMTP_SECURITY", "ssl"),
        ("ANJU_SMTP_TIMEOUT", "0"),
        ("ANJU_SMTP_TIMEOUT", "31"),
        ("ANJU_SMTP_SENDER", "nobody"),
        ("ANJU_SMTP_CA_FILE", "/nowhere.pem"),
        ("ANJU_MAIL", "on"),
        ("ANJU_SMS", "real"),
        ("ANJU_LINE", "real"),
        ("ANJU_PUSH_TIMEOUT", "soon"),
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


def test_without_any_setting_every_channel_goes_to_the_simulator(environment):
    modes = settings.load(environment).channels.modes

    assert modes == dict.fromkeys(("mail", "push", "sms", "line"), "simulator")


def test_naming_a_mail_server_makes_mail_real(environment):
    read = settings.load(environment | {"ANJU_SMTP_HOST": "mail.example.org"})

    assert read.channels.is_real("mail")
    assert read.channels.mail.port == 25


@pytest.mark.parametrize(("security", "port"), [("plain", 25), ("starttls", 587), ("tls", 465)])
def test_the_port_follows_the_security(environment, security, port):
    read = settings.load(environment | {"ANJU_SMTP_SECURITY": security})

    assert read.channels.mail.port == port


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"ANJU_MAIL": "real"}, "ANJU_SMTP_HOST"),
        ({"ANJU_SMTP_USER": "anju"}, "ANJU_SMTP_PASSWORD"),
        (
            {
                "ANJU_SMTP_HOST": "mail.example.org",
                "ANJU_SMTP_USER": "anju",
                "ANJU_SMTP_PASSWORD": "word",
            },
            "ANJU_SMTP_SECURITY",
        ),
        ({"ANJU_PUSH": "real", "ANJU_BASE_URL": "http://anju.example.org"}, "ANJU_BASE_URL"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(environment, given, variable):
    with pytest.raises(SettingsInvalid) as caught:
        settings.load(environment | given)

    assert variable in str(caught.value)


def test_the_password_of_the_mail_server_does_not_appear_when_settings_are_printed(environment):
    given = {
        "ANJU_SMTP_HOST": "127.0.0.1",
        "ANJU_SMTP_USER": "anju",
        "ANJU_SMTP_PASSWORD": "s3cret",
    }

    assert "s3cret" not in repr(settings.load(environment | given))
