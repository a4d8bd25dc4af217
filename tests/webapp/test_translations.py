"""The zh-TW catalogue is complete and the source is English."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from housing import settings
from webapp import language
from webapp.language import LANGUAGES

ROOT = Path(__file__).parents[2]
PO = ROOT / "webapp/translations/zh_Hant_TW/LC_MESSAGES/messages.po"


@pytest.fixture(scope="module")
def translated() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hant_TW")


def test_the_catalogue_holds_every_message_of_the_code(translated, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    template = tmp_path / "messages.pot"
    command = ["pybabel", "-q", "extract", "-F", "babel.cfg", "-k", "_l", "-o", str(template), "."]
    CommandLineInterface().run(command)
    with template.open("rb") as file:
        in_code = {message.id for message in read_po(file) if message.id}

    assert in_code == {message.id for message in translated if message.id}


def test_every_message_is_translated_and_none_is_fuzzy(translated):
    unready = [m.id for m in translated if m.id and (m.fuzzy or not all(texts(m.string)))]

    assert unready == []


def test_placeholders_survive_translation(translated):
    assert [message.id for message, errors in translated.check() if errors] == []


def test_pages_and_accounts_speak_the_same_languages():
    assert tuple(LANGUAGES) == settings.LANGUAGES


def test_a_new_folder_of_translations_is_a_language_under_its_own_name(tmp_path, monkeypatch):
    (tmp_path / "vi/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "vi/LC_MESSAGES/messages.po").write_text("", "utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)

    assert language.offered() == {
        "zh_Hant_TW": "中文",
        "en": "English",
        "vi": "Tiếng Việt",
    }


def test_message_ids_are_english(translated):
    allowed = str.maketrans("", "", "“”…")
    wrong = [m.id for m in translated if not "".join(texts(m.id)).translate(allowed).isascii()]

    assert wrong == []


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """One text, or the forms of a plural."""
    return (value,) if isinstance(value, str) else tuple(value)
