"""Words of the cockpit: states, verbs, why something cannot be done to a case."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from engine.records import ProcessModel
from webapp import errors

STATES: Mapping[str, LazyString] = {
    "running": _l("Not ended"),
    "active": _l("Active"),
    "suspended": _l("Suspended"),
    "ended": _l("Ended"),
    "all": _l("All"),
}

VERBS: Mapping[str, LazyString] = {
    "suspend": _l("Suspend"),
    "resume": _l("Resume"),
    "retry": _l("Try failed steps again"),
    "cancel": _l("Cancel the case"),
}

DONE: Mapping[str, LazyString] = {
    "suspend": _l("The case is suspended."),
    "resume": _l("The case goes on."),
    "retry": _l("The failed steps run again at the next tick."),
    "cancel": _l("The case is cancelled."),
}

OBSTACLES: Mapping[str, LazyString] = {
    "ended": _l("It has ended."),
    "suspended": _l("It is suspended."),
    "not_suspended": _l("It is not suspended."),
    "no_incident": _l("No incident is open in it."),
}


def why(item: Mapping[str, Any]) -> str:
    """Say why nothing was done to a case: of an obstacle, or of the kept error."""
    if "error" in item:
        return errors.kept_sentence(item["error"])
    return obstacle(item["why"])


def obstacle(code: str) -> str:
    """Say why a verb does not fit a case."""
    return str(OBSTACLES.get(code, ""))


def done(verb: str) -> str:
    """Say that a verb was done to a case."""
    return str(DONE[verb])


def title(verb: str, count: int) -> str:
    """Name an order of long work."""
    words = ngettext("%(verb)s: %(num)d case", "%(verb)s: %(num)d cases", count, verb=VERBS[verb])
    return str(words)


def read_by(
    element_ids: Iterable[str], model: ProcessModel, variables: Mapping[str, object]
) -> frozenset[str]:
    """Name the variables that the properties of some elements mention."""
    wanted = set(element_ids)
    texts = [
        text for each in model.elements if each.id in wanted for text in each.properties.values()
    ]
    return frozenset(name for name in variables if any(name in text for text in texts))
