"""Why cases cannot be moved to another version, in the reader's words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.migration import Rehearsal

SENTENCES: Mapping[str, LazyString] = {
    "unknown_source": _l("%(step)s does not exist in the former version."),
    "unknown_target": _l("%(step)s is sent to a step that the new version does not have."),
    "unmapped": _l("%(step)s has no counterpart in the new version: choose one."),
    "type_changed": _l("%(step)s is of another kind in the new version: choose another step."),
    "no_target": _l("%(step)s is sent to an event that no case can be put at."),
    "scope_changed": _l("%(step)s would go into or out of a repeated part of the process."),
    "loop_changed": _l("%(step)s is repeated in one version only."),
}


def finding(code: str, element_id: str, names: Mapping[str, str]) -> str:
    """Say one reason.

    Args:
        code: of the engine's finding.
        element_id: of the old version.
        names: of elements, by id.
    """
    return str(SENTENCES[code]) % {"step": names.get(element_id, element_id)}


def rehearsal(tried: Rehearsal, names: Mapping[str, str]) -> str:
    """Say why a case cannot be moved, or ""."""
    words = [finding(each.code, each.element_id, names) for each in tried.findings]
    return " ".join(words) or tried.reason


def item(reason: str) -> str:
    """Say why a case of a batch failed: stored as `code:element;code:element`, or as a sentence."""
    parts = [part.partition(":") for part in reason.split(";")]
    if not all(code in SENTENCES for code, _, _ in parts):
        return reason
    return " ".join(str(SENTENCES[code]) % {"step": step} for code, _, step in parts)
