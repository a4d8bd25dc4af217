"""The words of process packages in the reader's language: names in diagrams, texts of forms.

Packages are written in Traditional Chinese and bring their English beside them, each version its
own; where versions differ, the newest one speaks. A text without an entry stays as it is.
"""

from collections.abc import Mapping
from dataclasses import replace

import flask
from lxml import etree

from forms.schema import Field, Form, scope_of
from housing import texts
from housing.records import forms
from webapp import current, language

_TEXT = "{http://www.omg.org/spec/BPMN/20100524/MODEL}text"
_LABEL_BOUNDS = (
    ".//{http://www.omg.org/spec/BPMN/20100524/DI}BPMNLabel"
    "/{http://www.omg.org/spec/DD/20100524/DC}Bounds"
)
_LABEL_WIDTH = 84
"""Narrowest label of an English name, in the diagram's pixels."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def say(text: str) -> str:
    """Say a text of a process package in the reader's language."""
    return _english().get(text, text) if _is_english() else text


def say_with(text: str, english: Mapping[str, str]) -> str:
    """Say a text that brings its own English, such as the title of a letter."""
    return english.get(text, text) if _is_english() else text


def say_form(form: Form) -> Form:
    """Say everything a form shows in the reader's language; values and conditions stay.

    Computed texts are FEEL: their English is FEEL too.
    """
    if not _is_english():
        return form
    return replace(form, title=say(form.title), components=_said(form.components))


def form_in_service(form_key: str) -> Form:
    """Read a form that opens a case, of the newest version, in the reader's language.

    Raises:
        FormNotFound: there is no such form.
    """
    with current.application().reading() as session:
        return say_form(forms.form_in_service(form_key, session=session))


def say_values(form: Form, values: Mapping[str, object]) -> Mapping[str, object]:
    """Say the stored values that a form computed itself; what people typed stays as typed."""
    computed = {part.name for part in scope_of(form.components) if part.is_readonly}
    return {
        name: say(value) if name in computed and isinstance(value, str) else value
        for name, value in values.items()
    }


def say_diagram(bpmn: bytes) -> str:
    """Write a diagram for the viewer with the names of its elements in the reader's language.

    Args:
        bpmn: the deployed XML.
    """
    if not _is_english():
        return bpmn.decode()
    root = etree.fromstring(bpmn, _PARSER)
    for element in root.iter(etree.Element):
        if name := element.get("name"):
            element.set("name", say(name))
        if element.tag == _TEXT:
            element.text = say(element.text or "")
    for bounds in root.iterfind(_LABEL_BOUNDS):
        _widen(bounds)
    return etree.tostring(root, encoding="unicode")


def learn(english: Mapping[str, str]) -> None:
    """Know further English in this request: that of a draft, before the words in service."""
    if _is_english():
        flask.g.english_of_models = {**_english(), **english}


def separator() -> str:
    """Tell what stands between several answers."""
    return ", " if _is_english() else "、"


def _widen(bounds: etree._Element) -> None:
    """Give the label of an event, gateway or flow room for an English word, about its middle."""
    missing = _LABEL_WIDTH - float(bounds.get("width", "0"))
    if missing > 0:
        bounds.set("x", str(float(bounds.get("x", "0")) - missing / 2))
        bounds.set("width", str(_LABEL_WIDTH))


def _said(components: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(_said_field(part) for part in components)


def _said_field(part: Field) -> Field:
    return replace(
        part,
        label=say(part.label),
        help=say(part.help),
        suffix=say(part.suffix),
        pattern_message=say(part.pattern_message),
        options=tuple(replace(option, label=say(option.label)) for option in part.options),
        children=_said(part.children),
    )


def _is_english() -> bool:
    return language.choose() != language.DEFAULT  # the only other one that packages bring


def _english() -> Mapping[str, str]:
    """Read the English of all packages and of all versions in service, once a request."""
    found: Mapping[str, str] | None = flask.g.get("english_of_models")
    if found is None:
        with current.application().reading() as session:
            found = texts.english(session=session)
        flask.g.english_of_models = found
    return found
