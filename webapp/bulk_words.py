"""Words of orders for many tasks: verbs, why a task stays as it is, what became of it."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from housing.bulk.rules import Refusal
from webapp import errors

VERBS: Mapping[str, LazyString] = {
    "claim": _l("Claim"),
    "unclaim": _l("Give back to the team"),
    "assign": _l("Assign"),
    "follow_up": _l("Set a follow-up"),
    "priority": _l("Set the priority"),
    "note": _l("Add a note"),
    "complete": _l("Complete"),
    "undo": _l("Take the assignment back"),
}

PRIORITIES: Mapping[int, LazyString] = {
    75: _l("high"),
    50: _l("normal"),
    25: _l("low"),
}

OUTCOMES: Mapping[str, LazyString] = {
    "done": _l("done"),
    "skipped": _l("left as it was"),
    "failed": _l("failed"),
    "": _l("not done yet"),
}

OBSTACLES: Mapping[str, LazyString] = {
    "ended": _l("It has ended."),
    "claimed": _l("%(name)s holds it."),
    "not_offered": _l("It is not offered to your team."),
    "not_yours": _l("You do not hold it."),
    "yours": _l("It is yours already."),
    "personal": _l("It is for this one person and cannot be passed on."),
    "not_of_team": _l("%(name)s does not belong to the team of this task."),
    "has_it": _l("%(name)s has it already."),
    "not_bulk_safe": _l("The process does not allow to complete it together with others."),
    "other_form": _l("It has another form than the others."),
    "suspended": _l("Its case is suspended."),
    "changed": _l("Something has happened to it since."),
    "not_readable": _l("You may not write a note on its case."),
    "locked_out": _l("Your account may no longer do this."),
}


def title(verb: str, count: int) -> str:
    """Name an order."""
    words = ngettext("%(verb)s: %(num)d task", "%(verb)s: %(num)d tasks", count, verb=VERBS[verb])
    return str(words)


def why(refusal: Refusal) -> str:
    """Say why a task stays as it is."""
    if refusal.error is not None:
        return errors.kept_sentence(refusal.error)
    words = OBSTACLES.get(refusal.code)
    return str(words) % {"name": refusal.name} if words else ""
