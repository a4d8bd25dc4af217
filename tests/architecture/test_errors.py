"""Errors are a small tree with sentences, and each has a status."""

import inspect
from importlib import import_module

import pytest

from engine.errors import EngineError
from forms.errors import FormInvalid
from webapp.errors import STATUS_BY_ERROR, status_of


@pytest.fixture
def error_classes(sources) -> set[type[Exception]]:
    names = [
        source.name.removesuffix(".py").replace("/", ".")
        for source in sources
        if source.name.endswith("/errors.py") and not source.name.startswith(("feel/", "webapp/"))
    ]
    return {
        member
        for name in names
        for _, member in inspect.getmembers(import_module(name), inspect.isclass)
        if issubclass(member, Exception)
    }


def test_every_error_has_one_of_two_roots_and_a_status(error_classes):
    roots = (EngineError, FormInvalid)

    assert [each for each in error_classes if not issubclass(each, roots)] == []
    assert all(base in STATUS_BY_ERROR for base in roots)


def test_every_error_says_one_sentence(error_classes):
    sentences = [each.__doc__ or "" for each in error_classes]

    assert [text for text in sentences if not text.endswith(".") or "\n" in text] == []


def test_the_nearest_base_decides_the_status():
    assert status_of(EngineError()) == 500
