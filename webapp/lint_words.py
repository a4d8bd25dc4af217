"""What the check of a diagram or a decision table finds, in the reader's language.

The engine's advice remembers its words and values (`engine.sentences`); the words are messages of
the catalogue like any others. Values that are words themselves stand in the tables here.
"""

import re
from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.sentences import Sentence
from webapp import labels
from webapp.change_nouns import THINGS, TRIGGERS

PHRASES: Mapping[str, LazyString] = {
    "topic": _l("operation"),
    "decision": _l("decision table"),
    "form": _l("form"),
    "The amount of the service level": _l("The amount of the service level"),
    "The assignment": _l("The assignment"),
    "The activation condition": _l("The activation condition"),
    "The completion condition": _l("The completion condition"),
    "The condition": _l("The condition"),
    "The condition of its behavior": _l("The condition of its behavior"),
    "The condition of the pause": _l("The condition of the pause"),
    "The due date": _l("The due date"),
    "The loop condition": _l("The loop condition"),
    "The timer": _l("The timer"),
    "What fulfils the service level": _l("What fulfils the service level"),
    "start of the service level": _l("start of the service level"),
    "calendar of the service level": _l("calendar of the service level"),
    "proof of the service level": _l("proof of the service level"),
    "is nowhere in the file": _l("is nowhere in the file"),
    "no language": _l("no language"),
    "the end": _l("the end of the text"),
    "starts": _l("beginning"),
    "ends": _l("end of the arrow"),
}
"""Words that the engine puts into its advice."""

_QUOTED = re.compile(r"'(.*)'", re.DOTALL)


def say(advice: str) -> str:
    """Say what a finding advises, in the reader's language; texts of elsewhere stay as they are.

    Args:
        advice: of a `Problem`; a `Sentence` is said with its values, else the whole text.
    """
    if not advice:
        return ""
    if not isinstance(advice, Sentence):
        return str(gettext(advice)) if advice.endswith(".") else advice
    values = {name: _value(text) for name, text in advice.params.items()}
    return str(gettext(advice.template)) % values


def _value(text: str) -> str:
    """Say a value: a sentence, a word of the engine, a kind of element; names are quoted."""
    if isinstance(text, Sentence) or text.endswith("."):
        return say(text)
    if text in PHRASES:
        return str(PHRASES[text])
    if text in TRIGGERS:
        return str(TRIGGERS[text])
    if text in THINGS or text in labels.ELEMENT_KINDS:
        return str(THINGS.get(text) or labels.label(text, "element"))
    found = _QUOTED.fullmatch(text)
    return str(gettext('"%(name)s"', name=found[1])) if found else text
