"""Scenarios in words: what was done, what was expected, what is, and why an act was impossible."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from lxml import etree

from engine.errors import EngineError
from housing.demo.accounts import ACCOUNTS
from housing.notices.words import NOTICES
from housing.scenario_runs.rules import Act, Difference, Obstacle
from webapp import formats, language, model_words
from webapp.labels import CLOCK_STATES

KINDS: Mapping[str, LazyString] = {
    "start": _l("Begin a case"),
    "complete": _l("Complete: %(subject)s"),
    "message": _l("Message: %(subject)s"),
    "do": _l("Outside the forms: %(subject)s"),
    "extend": _l("Extend a deadline: %(subject)s"),
    "waive": _l("Waive a deadline: %(subject)s"),
    "advance": _l("Time passes: %(subject)s"),
    "advance_to": _l("The clock moves to %(subject)s"),
}

KEYS: Mapping[str, LazyString] = {
    "open": _l("Open tasks"),
    "due": _l("Due date"),
    "notices": _l("Notice"),
    "end": _l("End reached"),
    "ended": _l("The case has ended"),
    "cases": _l("Number of cases"),
    "clocks": _l("Service level"),
    "refused": _l("Is refused"),
    "variables": _l("Variable"),
}

VERBS: Mapping[str, LazyString] = {
    "answer_bank": _l("The bank answers the inquiry about the account"),
    "ask": _l("Units are asked about a case"),
    "call_up": _l("An application's turn comes"),
    "fill_sheet": _l("The exit sheet is filled in and signed"),
    "found_lease": _l("There is a lease"),
    "incident_over": _l("A mass incident is over"),
    "leave": _l("A household leaves its home"),
    "move_close": _l("The closing time of the call is moved"),
    "open": _l("The report of the month is opened"),
    "open_incident": _l("A mass incident is opened"),
    "open_round": _l("There is an open call"),
    "pay_arrears": _l("The tenant pays the arrears"),
    "pick": _l("Go on with a case that opened by itself"),
    "prove_service": _l("The service of a letter is proved"),
    "read": _l("Somebody opens the announcement"),
    "signal": _l("A signal about a household comes in"),
    "tell_incident": _l("News of the mass incident are told"),
}
"""What scenarios do outside of forms; see the verbs of the subjects in `housing`."""

OPTIONS: Mapping[str, LazyString] = {
    "acknowledge": _l("He also acknowledges it"),
    "amount_twd": _l("Amount in TWD"),
    "announcement": _l("Announcement"),
    "arrears_twd": _l("Arrears in TWD"),
    "closes_at": _l("Closing time"),
    "community": _l("Community"),
    "completion": _l("Complete with all answers or the first"),
    "danger": _l("Somebody is in danger"),
    "end_on": _l("Last day"),
    "is_match": _l("The account fits the name"),
    "items": _l("Items of the sheet"),
    "kind": _l("Kind"),
    "lead": _l("Lead unit"),
    "mydata": _l("MyData was fetched"),
    "number": _l("Case number"),
    "part_month": _l("Rent of a part of a month"),
    "postmark_on": _l("Day of the postmark"),
    "question": _l("Question"),
    "reason": _l("Reason"),
    "settings": _l("Settings"),
    "source": _l("Where the signal comes from"),
    "spouse": _l("Spouse"),
    "start_on": _l("First day"),
    "tenant": _l("Tenant"),
    "text": _l("Text"),
    "unit": _l("Home, as community and number"),
    "units": _l("Units that are asked"),
    "who": _l("Who"),
    "years_before": _l("Years lived there before"),
}
"""Values that scenarios give with a start or with what happens outside of forms."""

CLOCK_FACTS: Mapping[str, LazyString] = {
    "state": _l("Status"),
    "due": _l("Due date"),
    "original_due": _l("Original due date"),
    "waits_for": _l("Why the clock stands still"),
    "pauses": _l("Times the clock stood still"),
    "reasons": _l("Reasons of orders"),
}

_PEOPLE: Mapping[str, str] = {each.login: each.name for each in ACCOUNTS}
_FIELD = re.compile(r"\{\w+\}")
_NUMBER = re.compile(r"^(?:【\{number\}】|\[\{number\}\] )")

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

Names = Mapping[str, str]
"""Ids of elements to their names, in the reader's language."""


def names_of(files: Mapping[str, bytes]) -> Names:
    """Read the names of all elements of the diagrams among some files; a broken one has none."""
    found: dict[str, str] = {}
    for name, content in files.items():
        if name.endswith(".bpmn"):
            found |= _names(content)
    return found


def act(kind: str, subject: str, names: Names) -> str:
    """Say what is done in a step."""
    shown = names.get(subject, subject)
    if kind == "do":
        shown = verb(subject)
    elif kind == "advance_to":
        shown = _instant(subject)
    return str(KINDS[kind]) % {"subject": shown} if kind in KINDS else kind


def verb(name: str) -> str:
    """Say what happens outside of forms."""
    return str(VERBS.get(name, name))


def option(name: str) -> str:
    """Say what a value of a start or of a verb is."""
    return str(OPTIONS.get(name, name))


def act_of(when: Mapping[str, Any], names: Names) -> str:
    """Say an act as it stands in the file of a scenario."""
    kind = next((each for each in KINDS if each in when), "")
    return act(kind, "" if kind == "start" else str(when.get(kind, "")), names)


def login_of(when: Mapping[str, Any]) -> str:
    """Name who acts; "" for time."""
    start = when.get("start")
    holder = start if isinstance(start, Mapping) else when
    return str(holder.get("as") or "")


def step(position: Act, names: Names) -> str:
    """Say which step it is, counted from 1, and what is done in it."""
    words = act(position.kind, position.subject, names)
    return str(_("Step %(number)d, %(act)s", number=position.step + 1, act=words))


def what(difference: Difference, names: Names) -> str:
    """Say what was expected otherwise: open tasks, the due date of a step, a variable."""
    words = str(KEYS.get(difference.key, difference.key))
    if not difference.name or difference.key == "notices":
        return words
    element, _slash, fact = difference.name.partition("/")
    shown = names.get(element, element)
    if fact:
        shown = f"{shown}{model_words.separator()}{CLOCK_FACTS.get(fact, fact)}"
    return str(_("%(what)s: %(name)s", what=words, name=shown))


def value(found: object, names: Names) -> str:
    """Say a value that was expected, or that is."""
    if found is None:
        return str(_("none"))
    if isinstance(found, bool):
        return str(_("Yes") if found else _("No"))
    if isinstance(found, Mapping):
        if found.keys() == {"to", "kind"}:
            kind, to = notice(str(found["kind"])), str(found["to"])
            return str(_("%(kind)s to %(name)s", kind=kind, name=_PEOPLE.get(to, to)))
        return model_words.separator().join(
            f"{name} = {value(part, names)}" for name, part in found.items()
        )
    if isinstance(found, list):
        return model_words.separator().join(value(part, names) for part in found) or str(_("none"))
    text = str(found)
    return names.get(text) or _state(text) or _instant(text)


def notice(kind: str) -> str:
    """Say a kind of notice by its subject, without the case."""
    words = NOTICES.get(kind)
    if words is None:
        return kind
    chosen = words.zh if language.choose() == language.DEFAULT else words.en
    return _FIELD.sub("…", _NUMBER.sub("", chosen.subject))


def why(obstacle: Obstacle, names: Names) -> str:
    """Say why an act could not be played."""
    fields = {
        name: names.get(field, field) if isinstance(field, str) else field
        for name, field in obstacle.fields.items()
    }
    if obstacle.error == "ScenarioTaskNotOpen":
        open_ids = str(fields.get("reason", "")).split(", ")
        fields["reason"] = model_words.separator().join(names.get(each, each) for each in open_ids)
    return str(_(obstacle.sentence or EngineError.__doc__ or "", **fields))


def _names(bpmn: bytes) -> dict[str, str]:
    try:
        root = etree.fromstring(bpmn, _PARSER)
    except etree.XMLSyntaxError:
        return {}
    pairs = [(each.get("id"), each.get("name")) for each in root.iter(etree.Element)]
    found = {key: name for key, name in pairs if key and name} | _messages(root)
    return {key: model_words.say(name).replace("\n", "") for key, name in found.items()}


def _messages(root: etree._Element) -> dict[str, str]:
    """Name each message as the first event that waits for it is named."""
    names = {each.get("id"): each.get("name") for each in root.iter(f"{_BPMN}message")}
    found: dict[str, str] = {}
    for definition in root.iter(f"{_BPMN}messageEventDefinition"):
        message, event = names.get(definition.get("messageRef")), definition.getparent()
        words = event.get("name") if event is not None else None
        if message and words:
            found.setdefault(message, words)
    return found


def _state(text: str) -> str:
    return str(CLOCK_STATES.get(text, ""))


def _instant(text: str) -> str:
    """Write a text that is an ISO instant as the reader's day and time; any other as it is."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return formats.moment(found) if found.tzinfo and "T" in text else text
