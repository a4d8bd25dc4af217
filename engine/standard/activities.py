"""Constraints on activities: tokens, loops, performers, ad-hoc sub-processes."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import ACTIVITIES, SUB_PROCESSES
from engine.standard.document import (
    CHOREOGRAPHY,
    Check,
    Document,
    Rule,
    children,
    is_executable,
    tag,
    text,
)

_START_QUANTITY = Rule(id="start-quantity", constraint="EXT037")
_COMPLETION_QUANTITY = Rule(id="completion-quantity", constraint="EXT038")
_PERFORMER = Rule(id="performer", constraint="EXT039 EXT040")
_LOOPS = Rule(id="two-loop-markers", constraint="EXT041")
_AD_HOC_LOOPS = Rule(id="two-loop-markers", constraint="EXT054 EXT055")
_SCRIPT = Rule(id="script-format", constraint="EXT053", severity="warning")
_EMPTY_AD_HOC = Rule(id="empty-ad-hoc", constraint="EXT061")
_AD_HOC_PARTS = Rule(id="ad-hoc-parts", constraint="EXT062")
_CONVENTION = Rule(id="data-state-name", constraint="EXT076")
_ROLES = ("performer", "humanPerformer", "potentialOwner", "resourceRole")


def quantities(document: Document) -> Iterator[Problem]:
    """Check how many tokens an activity takes and gives."""
    for activity in document.nodes(*ACTIVITIES):
        for name, rule in (
            ("startQuantity", _START_QUANTITY),
            ("completionQuantity", _COMPLETION_QUANTITY),
        ):
            value = activity.get(name, "1")
            if not (value.isascii() and value.isdigit() and int(value) >= 1):
                yield rule.broken(
                    activity,
                    sentence("Its %(name)s is not a whole number from 1. Correct it.", name=name),
                )


def loop_markers(document: Document) -> Iterator[Problem]:
    """Check that an activity is repeated in one way."""
    for activity in document.nodes(*ACTIVITIES):
        both = children(activity, "standardLoopCharacteristics") and children(
            activity, "multiInstanceLoopCharacteristics"
        )
        if both:
            rule = _AD_HOC_LOOPS if tag(activity) in SUB_PROCESSES else _LOOPS
            yield rule.broken(activity, "It has both loop markers. Keep one of them.")


def performers(document: Document) -> Iterator[Problem]:
    """Check that a role is either looked up or computed."""
    for role in document.all(*_ROLES):
        owner = role.getparent()
        if children(role, "resourceRef") and children(role, "resourceAssignmentExpression"):
            advice = "It names a resource and an expression. Keep one of them."
            yield _PERFORMER.broken(role if owner is None else owner, advice)


def scripts(document: Document) -> Iterator[Problem]:
    """Tell where a script does not say its language."""
    for task in document.all("scriptTask"):
        if children(task, "script") and not task.get("scriptFormat") and is_executable(task):
            yield _SCRIPT.broken(task, "The script has no scriptFormat. Set it to feel.")


def ad_hoc(document: Document) -> Iterator[Problem]:
    """Check what an ad-hoc sub-process holds."""
    for item in document.all("adHocSubProcess"):
        tags = {tag(child) for child in item}
        if not tags & (ACTIVITIES | CHOREOGRAPHY):
            yield _EMPTY_AD_HOC.broken(item, "It holds no activity. Draw one.")
        for name in sorted(tags & ({"startEvent", "endEvent"} | CHOREOGRAPHY)):
            yield _AD_HOC_PARTS.broken(item, sentence("It holds a %(name)s. Remove it.", name=name))


def data_states(document: Document) -> Iterator[Problem]:
    """Check that the state of a data object is part of its name."""
    for item in document.all("dataObjectReference"):
        states = [state.get("name", "") or text(state) for state in children(item, "dataState")]
        data = document.target(item.get("dataObjectRef"))
        if not states or data is None or not data.get("name") or not item.get("name"):
            continue
        wanted = f"{data.get('name')} [{states[0]}]"
        if " ".join(item.get("name", "").split()) != " ".join(wanted.split()):
            yield _CONVENTION.broken(
                item,
                sentence("By convention it is named %(wanted)s. Rename it.", wanted=repr(wanted)),
            )


CHECKS: tuple[Check, ...] = (quantities, loop_markers, performers, scripts, ad_hoc, data_states)
