"""Write a letter's words from its template: data in, frozen content out.

A template is a JSON file in `templates/`: title, subject and parts. Each text is a Jinja template,
rendered in a sandbox; what people wrote arrives as plain text and is never read as a template, as
markup or as a part. Kinds of parts: text, list, table, fields, signatures; "when" and "unless" name
a field that must be filled, or empty, for a part or a line of it to appear.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from housing.letters.errors import LetterFieldMissing, TemplateUnknown
from housing.notices.rules import CHINESE, say

MOST_CHARACTERS = 20_000
"""Of one text of a letter."""

Part = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A letter's words before they are filled in.

    Attributes:
        version: raised by whoever changes the words.
        checksum: of the file; together with the version it says exactly which words were used.
    """

    name: str
    version: str
    checksum: str
    title: str
    subject: str
    parts: tuple[Part, ...]
    legal_basis: str
    has_appeal: bool

    @property
    def text_version(self) -> str:
        """Name the words: "1 a1b2c3d4"."""
        return f"{self.version} {self.checksum[:8]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What is printed: title, subject, parts with plain text only."""

    title: str
    subject: str
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """Write it for a JSON column."""
        return {"title": self.title, "subject": self.subject, "parts": list(self.parts)}


def templates() -> tuple[str, ...]:
    """Name all letter templates."""
    folder = resources.files("housing.letters") / "templates"
    return tuple(
        sorted(each.name.removesuffix(".json") for each in folder.iterdir() if _is_ours(each.name))
    )


@cache
def template(name: str) -> Template:
    """Read a template.

    Raises:
        TemplateUnknown: there is none of this name.
    """
    if name not in templates():
        raise TemplateUnknown(name)
    text = (resources.files("housing.letters") / "templates" / f"{name}.json").read_text("utf-8")
    data = json.loads(text)
    return Template(
        name=name,
        version=str(data["version"]),
        checksum=sha256(text.encode()).hexdigest(),
        title=data["title"],
        subject=data["subject"],
        parts=tuple(data["parts"]),
        legal_basis=data.get("legal_basis", ""),
        has_appeal=bool(data.get("appeal", False)),
    )


def fill(of: Template, fields: Mapping[str, object]) -> Content:
    """Fill a template in.

    Args:
        of: the template.
        fields: plain values; days and instants are said in the calendar of the Republic, amounts
            (names that end in `_twd`) with thousands separators.

    Raises:
        LetterFieldMissing: a field the words need is not there, or a text grows too long.
    """
    writer = _Writer(of.name, fields)
    parts = [part for each in of.parts for part in writer.part(each)]
    return Content(title=writer.text(of.title), subject=writer.text(of.subject), parts=tuple(parts))


class _Writer:
    def __init__(self, name: str, fields: Mapping[str, object]) -> None:
        self._name = name
        self._given = fields
        self._fields = {key: _say(key, value) for key, value in fields.items()}

    def part(self, part: Part) -> Iterable[Part]:
        """Fill one part; one whose condition or items are empty is left out."""
        if not self._is_wanted(part):
            return []
        filled: Part = {"kind": part["kind"], "heading": self.text(part.get("heading", ""))}
        match part["kind"]:
            case "list":
                filled["items"] = [self.text(part["text"], each) for each in self._items(part)]
            case "table":
                filled["columns"] = [self.text(each["title"]) for each in part["columns"]]
                filled["numbers"] = [bool(each.get("number")) for each in part["columns"]]
                filled["rows"] = [self._row(part, each) for each in self._items(part)]
            case "fields":
                filled["items"] = [
                    [self.text(each["title"]), self.text(each["text"])]
                    for each in part["items"]
                    if self._is_wanted(each)
                ]
            case "signatures":
                filled["items"] = [self.text(each) for each in part["items"]]
            case _:
                filled["text"] = self.text(part["text"])
        return [filled] if filled.get("items", filled.get("rows", True)) else []

    def text(self, source: str, item: object = None) -> str:
        """Render one text."""
        try:
            text = _environment().from_string(source).render({**self._fields, "item": item})
        except (TemplateError, TypeError, ValueError, OverflowError) as error:
            raise LetterFieldMissing(self._name, str(error)) from error
        if len(text) > MOST_CHARACTERS:
            raise LetterFieldMissing(self._name, "a text is too long")
        return text.strip()

    def _is_wanted(self, part: Part) -> bool:
        is_there = "when" not in part or bool(self._given.get(part["when"]))
        return is_there and not ("unless" in part and self._given.get(part["unless"]))

    def _items(self, part: Part) -> list[object]:
        items = self._fields.get(part["items"])
        return list(items) if isinstance(items, list | tuple) else []

    def _row(self, part: Part, item: object) -> list[str]:
        return [self.text(each["text"], item) for each in part["columns"]]


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # plain text for the printer, which sets it as text: there is no HTML to escape
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _say(name: str, value: object) -> object:
    """Turn values into what letters print: days and amounts in words, nested ones too."""
    if isinstance(value, Mapping):
        return {str(key): _say(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_say(name, each) for each in value]
    if value is None or isinstance(value, bool):
        return value
    return say(name, value, CHINESE)


def _is_ours(name: str) -> bool:
    return name.endswith(".json")
