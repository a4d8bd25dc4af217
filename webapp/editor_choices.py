"""What the diagram editor offers to choose: roles, forms, decisions, topics, calendars, letters.

Everything is read from the draft itself, from the shipped packages and from the tables of the
business; the editor in the browser knows none of it.
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from flask_babel import gettext as _
from lxml import etree

from bpmn import catalogue
from engine.service_tasks import BUILT_IN_TOPICS
from engine.sla_rules import DOER, LADDERS, SUPERVISOR
from forms import schema
from forms.errors import FormDefinitionInvalid
from housing.handbooks import LETTERS_BY_TOPIC
from housing.letters import writing
from housing.operations import TOPICS
from housing.people.rules import ROLES
from webapp import labels, model_words
from webapp.change_nouns import CALENDARS
from webapp.handbook_words import LADDER_NAMES, OPEN_UNITS, RECEIVERS

Choice = Mapping[str, object]
"""A choice as the editor reads it: `value`, `label`, and what belongs to its kind."""

TIMER_CALENDARS = ("calendar-days", "statutory", "working-days", "working-hours")
UNITS = ("calendar_days", "working_days", "working_hours", "months")

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_ANJU = "{https://anju.example.org/schema/1.0}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_FORMS = "forms/"
_JSON = ".json"
_PLAIN_TEXT = re.compile(r'"[^"\\]*"')
_KINDS = {"checkbox": "boolean", "number": "number"}


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicUse:
    """How shipped diagrams use a topic.

    Attributes:
        name, note: of the first service task with it, in Chinese.
        inputs, outputs: names that any of them hands over or takes back, in order.
    """

    name: str
    note: str
    inputs: tuple[str, ...] = field(default=())
    outputs: tuple[str, ...] = field(default=())


def choices(files: Mapping[str, bytes], processes: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Collect all choices for a draft, in the reader's language.

    Args:
        files: of the draft, by name.
        processes: key and name of every process in service.
    """
    return {
        "roles": roles(),
        "notified": notified(),
        "forms": forms(files),
        "fields": fields(files),
        "decisions": decisions(files),
        "topics": topics(),
        "calendars": [_choice(name, CALENDARS[name]) for name in TIMER_CALENDARS],
        "units": [_choice(name, OPEN_UNITS[name]) for name in UNITS],
        "ladders": ladders(),
        "letters": [_choice(each, writing.template(each).title) for each in writing.templates()],
        "processes": [_choice(key, model_words.say(name)) for key, name in processes],
        "reasons": texts_of(files, "pause", "reason"),
    }


def roles() -> list[Choice]:
    """List the roles that may be given a step, by name."""
    return [_choice(each, labels.label(each, "role")) for each in sorted(ROLES)]


def notified() -> list[Choice]:
    """List whom a rung of a ladder may tell."""
    return [_choice(each, RECEIVERS[each]) for each in (DOER, SUPERVISOR)] + roles()


def ladders() -> list[Choice]:
    """List the named ladders with their rungs."""
    return [
        {
            **_choice(name, LADDER_NAMES[name]),
            "rungs": [
                {
                    "at": rung.at,
                    "notify": list(rung.notify),
                    "reassign": rung.reassign or "",
                    "raisePriority": ""
                    if rung.raise_priority is None
                    else str(rung.raise_priority),
                }
                for rung in ladder.rungs
            ],
        }
        for name, ladder in LADDERS.items()
    ]


def forms(files: Mapping[str, bytes]) -> list[Choice]:
    """List the forms of a draft by title."""
    return [_choice(form.id, model_words.say(form.title)) for form in _forms(files)]


def fields(files: Mapping[str, bytes]) -> list[Choice]:
    """List the variables that conditions may ask: fields of forms first, then what steps bring."""
    found: dict[str, Choice] = {}
    for form in _forms(files):
        for part in schema.scope_of(form.components):
            if part.is_variable:
                found.setdefault(part.name, _field(part))
    for decided in _decided(files):
        found.setdefault(str(decided["value"]), decided)
    for root in _diagrams(files):
        for name in _written_variables(root):
            found.setdefault(name, {**_choice(name, name), "kind": "any", "options": []})
    return list(found.values())


def decisions(files: Mapping[str, bytes]) -> list[Choice]:
    """List the decisions of a draft with the names of their inputs and outputs."""
    return [
        _decision(each, name)
        for name, root in _roots(files, ".dmn")
        for each in root.iter("{*}decision")
    ]


def topics() -> list[Choice]:
    """List what service tasks may call, named as the shipped diagrams name it."""
    uses = topic_uses()
    return [_topic(each, uses.get(each)) for each in sorted([*TOPICS, *BUILT_IN_TOPICS])]


@cache
def topic_uses() -> Mapping[str, TopicUse]:
    """Read from the shipped diagrams how each topic is used, once."""
    found: dict[str, TopicUse] = {}
    for package in catalogue.packages():
        for root in _diagrams(catalogue.resources(package)):
            for task in root.iter(f"{_BPMN}serviceTask"):
                topic = task.get(f"{_CAMUNDA}topic", "")
                found[topic] = _merged(found.get(topic), task)
    return found


def texts_of(files: Mapping[str, bytes], tag: str, attribute: str) -> list[str]:
    """List what is written in an attribute of our own elements, each once, as suggestions."""
    found = (
        each.get(attribute) for root in _diagrams(files) for each in root.iter(f"{_ANJU}{tag}")
    )
    return sorted({text for text in found if text})


def _choice(value: object, label: object) -> dict[str, object]:
    return {"value": str(value), "label": str(label)}


def _field(part: schema.Field) -> Choice:
    options = [_choice(each.text, model_words.say(each.label)) for each in part.options]
    kind = "list" if part.type == "checklist" else _KINDS.get(part.type, "text")
    label = _("%(label)s (%(name)s)", label=model_words.say(part.label), name=part.name)
    return {**_choice(part.name, label), "kind": kind, "options": options}


def _decision(element: etree._Element, file: str) -> Choice:
    inputs = [each.get("label") or _text(each) for each in element.iter("{*}input")]
    outputs = [each.get("label") or each.get("name") or "" for each in element.iter("{*}output")]
    key = element.get("id", "")
    return {
        **_choice(key, model_words.say(element.get("name") or key)),
        "inputs": [model_words.say(each) for each in inputs],
        "outputs": [model_words.say(each) for each in outputs],
        "file": file,
    }


def _decided(files: Mapping[str, bytes]) -> Iterator[Choice]:
    """List what decision tables give, with the texts that their rules name."""
    for _name, root in _roots(files, ".dmn"):
        for table in root.iter("{*}decisionTable"):
            rules = list(table.iterfind("{*}rule"))
            for at, output in enumerate(table.iterfind("{*}output")):
                texts = [
                    _text(entry)
                    for rule in rules
                    for entry in rule.findall("{*}outputEntry")[at : at + 1]
                ]
                yield _decided_field(output, texts)


def _decided_field(output: etree._Element, texts: Iterable[str]) -> Choice:
    name = output.get("name", "")
    words = model_words.say(output.get("label") or name)
    label = _("%(label)s (%(name)s)", label=words, name=name)
    plain = sorted({each[1:-1] for each in texts if _PLAIN_TEXT.fullmatch(each)})
    options = [_choice(each, each) for each in plain]
    return {**_choice(name, label), "kind": "text" if options else "any", "options": options}


def _topic(name: str, use: TopicUse | None) -> Choice:
    needed = _inputs_of(name)
    known = dict.fromkeys([*needed, *(use.inputs if use else ())])
    label = _("%(label)s (%(name)s)", label=model_words.say(use.name), name=name) if use else name
    return {
        **_choice(name, label),
        "note": model_words.say(use.note) if use else "",
        "inputs": [{"name": each, "isNeeded": needed.get(each, False)} for each in known],
        "outputs": list(use.outputs) if use else [],
        "letters": list(LETTERS_BY_TOPIC.get(name, ())),
    }


def _inputs_of(topic: str) -> Mapping[str, bool]:
    """Name the inputs of an operation, and whether each must be given."""
    verb = TOPICS.get(topic)
    if verb is None:
        return {}
    _call, *inputs = inspect.signature(verb).parameters.values()
    return {
        each.name: each.default is inspect.Parameter.empty
        for each in inputs
        if each.kind is not inspect.Parameter.VAR_KEYWORD
    }


def _merged(known: TopicUse | None, task: etree._Element) -> TopicUse:
    note = task.findtext(f"{_BPMN}documentation") or ""
    use = known or TopicUse(name=task.get("name", ""), note=note)
    inputs = [*use.inputs, *_parameters(task, "inputParameter")]
    outputs = [*use.outputs, *_parameters(task, "outputParameter")]
    return TopicUse(
        name=use.name,
        note=use.note,
        inputs=tuple(dict.fromkeys(inputs)),
        outputs=tuple(dict.fromkeys(outputs)),
    )


def _parameters(task: etree._Element, tag: str) -> list[str]:
    return [each.get("name", "") for each in task.iter(f"{_CAMUNDA}{tag}")]


def _written_variables(root: etree._Element) -> Iterator[str]:
    outputs = (each.get("name") for each in root.iter(f"{_CAMUNDA}outputParameter"))
    results = (
        each.get(f"{_CAMUNDA}resultVariable") for each in root.iter(f"{_BPMN}businessRuleTask")
    )
    yield from (name for name in (*outputs, *results) if name)


def _forms(files: Mapping[str, bytes]) -> Iterator[schema.Form]:
    """Read the forms of a draft; one that is broken is told by the check, and is no choice."""
    for name, content in sorted(files.items()):
        if name.startswith(_FORMS) and name.endswith(_JSON):
            try:
                form = schema.load(content)
            except FormDefinitionInvalid:
                continue
            yield schema.Form(
                id=name.removeprefix(_FORMS).removesuffix(_JSON),
                title=form.title,
                components=form.components,
            )


def _diagrams(files: Mapping[str, bytes]) -> Iterator[etree._Element]:
    return (root for _name, root in _roots(files, ".bpmn"))


def _roots(files: Mapping[str, bytes], suffix: str) -> Iterator[tuple[str, etree._Element]]:
    """Read the XML files of a kind; one that is broken is told by the check."""
    for name, content in sorted(files.items()):
        root = _read(content) if name.endswith(suffix) else None
        if root is not None:
            yield name, root


def _read(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return None


def _text(column: etree._Element) -> str:
    return " ".join("".join(column.itertext()).split())
