"""Words of drafts: states, acts of the history, kinds of files."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

DRAFT_STATES: Mapping[str, LazyString] = {
    "open": _l("In the works"),
    "submitted": _l("Waits for approval"),
    "approved": _l("Approved, waits for its day"),
    "in_service": _l("In service"),
    "withdrawn": _l("Withdrawn"),
}

DRAFT_EVENTS: Mapping[str, LazyString] = {
    "began": _l("Begun"),
    "edited": _l("Edited"),
    "removed": _l("File removed"),
    "submitted": _l("Submitted"),
    "sent_back": _l("Sent back"),
    "withdrawn": _l("Withdrawn"),
    "approved": _l("Approved"),
    "in_service": _l("Put in service"),
    "stopped": _l("Could not be put in service; open again"),
}

FILE_CHANGES: Mapping[str, LazyString] = {
    "added": _l("new"),
    "removed": _l("removed"),
    "changed": _l("changed"),
}

SEVERITIES: Mapping[str, LazyString] = {
    "error": _l("Error"),
    "warning": _l("Warning"),
    "info": _l("Hint"),
}

IMPORT_KINDS: Mapping[str, LazyString] = {
    "will_not_run": _l("Will not run"),
    "left_out": _l("Left out"),
    "note": _l("Worth knowing"),
    "converted": _l("Converted"),
    "taken": _l("Taken over"),
}

DRAFT_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "draft": DRAFT_STATES,
    "draft_event": DRAFT_EVENTS,
    "file_change": FILE_CHANGES,
    "severity": SEVERITIES,
    "import": IMPORT_KINDS,
}
