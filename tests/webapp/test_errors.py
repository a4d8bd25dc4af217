"""Errors of the business in the reader's language."""

from engine.errors import InstanceNotActive, InstanceNotFound, LostRace
from housing.repairs import errors as repairs
from webapp import errors


def test_a_sentence_is_filled_and_translated(app):
    with app.test_request_context():
        assert errors.sentence(LostRace("a")) == "同一時間有人異動了本案，請再試一次。"


def test_stored_codes_in_a_sentence_become_words(app):
    with app.test_request_context():
        told = errors.sentence(InstanceNotActive("suspended"))

    assert told == "本案目前為「暫停中」狀態，無法辦理。"


def test_days_in_a_sentence_are_written_as_people_write_them(app):
    with app.test_request_context():
        told = errors.sentence(repairs.ExtensionNotLater("2026-03-09"))

    assert "115/03/09（一）" in told


def test_the_nearest_base_class_decides_the_status():
    assert errors.status_of(LostRace("a")) == 409
    assert errors.status_of(InstanceNotFound("a")) == 404


def test_english_readers_get_the_source_sentence(app):
    with app.test_request_context(headers={"Cookie": "anju_language=en"}):
        told = errors.sentence(InstanceNotActive("suspended"))

    assert told == "This case is Suspended, so nothing can be done in it."
