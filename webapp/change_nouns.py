"""Tables of words for changes of a process: what changed, under which heading, of which kind."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

GROUPS: Mapping[str, LazyString] = {
    "deadlines": _l("Deadlines and reminders"),
    "steps": _l("Steps and paths"),
    "people": _l("Who does it"),
    "rules": _l("Rules and decisions"),
    "forms": _l("Forms"),
    "words": _l("Explanations and texts"),
    "technical": _l("System steps and settings"),
    "scenarios": _l("Scenarios"),
    "drawing": _l("Drawing only"),
}
"""Headings in the order in which an approver reads them."""

SENTENCES: Mapping[str, LazyString] = {
    "added": _l("New %(kind)s: %(thing)s"),
    "removed": _l("Removed %(kind)s: %(thing)s"),
    "identity": _l(
        "%(thing)s got a new id (%(before)s is now %(after)s);"
        " running cases there must be matched by hand"
    ),
    "renamed": _l('The %(kind)s "%(before)s" is now called "%(after)s"'),
    "type": _l("%(thing)s was a %(before)s and is now a %(after)s"),
    "lane": _l("%(thing)s moves from %(before)s to %(after)s"),
    "scope": _l("%(thing)s moves from inside %(before)s to inside %(after)s"),
    "attached": _l("%(thing)s now belongs to %(after)s, no longer to %(before)s"),
    "rewired": _l('The arrow "%(before)s" now runs "%(after)s"'),
    "drawing": _l("Only the drawing changed; the process runs as before"),
    "level-added": _l('%(thing)s: new deadline "%(field)s"'),
    "level-removed": _l('%(thing)s: deadline "%(field)s" removed'),
    "level-renamed": _l("%(thing)s: the deadline %(before)s is now called %(after)s"),
    "level-identity": _l("%(thing)s: the deadline's id %(before)s is now %(after)s"),
    "rung-added": _l("%(thing)s: new reminder %(when)s, to %(after)s"),
    "rung-removed": _l("%(thing)s: the reminder %(when)s, to %(before)s, is dropped"),
    "rung": _l("%(thing)s: the reminder %(when)s goes to %(after)s, no longer to %(before)s"),
    "rung-time": _l("%(thing)s: a reminder comes %(after)s, no longer %(before)s"),
    "pause-added": _l("%(thing)s: the clock now stops for %(after)s"),
    "pause-removed": _l("%(thing)s: the clock no longer stops for %(before)s"),
    "pause-reason": _l("%(thing)s: the reason for stopping the clock %(before)s is now %(after)s"),
    "decision-added": _l("New %(kind)s: %(thing)s"),
    "decision-removed": _l("Removed %(kind)s: %(thing)s"),
    "rule-added": _l("%(thing)s: new row %(rule)s: %(after)s"),
    "rule-removed": _l("%(thing)s: row %(rule)s removed: %(before)s"),
    "rule-order": _l("%(thing)s: row %(before)s is now row %(after)s"),
    "cell": _l('%(thing)s, row %(rule)s: "%(column)s" changed from %(before)s to %(after)s'),
    "column-input-added": _l("%(thing)s: new condition column %(after)s"),
    "column-input-removed": _l("%(thing)s: condition column %(before)s removed"),
    "column-output-added": _l("%(thing)s: new result column %(after)s"),
    "column-output-removed": _l("%(thing)s: result column %(before)s removed"),
    "column-renamed": _l("%(thing)s: the column %(before)s is now called %(after)s"),
    "column-order": _l('%(thing)s: the column "%(field)s" stands at another place'),
    "form-added": _l('New form: "%(name)s"'),
    "form-removed": _l('Removed form: "%(name)s"'),
    "form-title": _l("The form %(before)s is now called %(after)s"),
    "field-added": _l("New: %(thing)s"),
    "field-removed": _l("Removed: %(thing)s"),
    "field-label": _l("%(thing)s: it is now labelled %(after)s, no longer %(before)s"),
    "field-order": _l("%(thing)s: it stands at another place"),
    "field-group": _l("%(thing)s: it stands in another group"),
    "field-layout": _l("%(thing)s: its width or row changed"),
    "option-added": _l("%(thing)s: new answer %(after)s"),
    "option-removed": _l("%(thing)s: answer %(before)s removed"),
    "option-label": _l("%(thing)s: the answer %(before)s now reads %(after)s"),
    "option-order": _l("%(thing)s: the answer %(after)s stands at another place"),
    "text-added": _l('New English text for "%(name)s": %(after)s'),
    "text-removed": _l('English text for "%(name)s" removed'),
    "text-changed": _l('English text for "%(name)s": %(before)s is now %(after)s'),
    "scenario-added": _l('New scenario: "%(name)s"'),
    "scenario-removed": _l('Removed scenario: "%(name)s"'),
    "scenario-changed": _l('Changed scenario: "%(name)s"'),
    "scenario-aside": _l('Scenario set aside: "%(name)s", because: %(after)s'),
    "file-added": _l("New file: %(file)s"),
    "file-removed": _l("Removed file: %(file)s"),
    "file-changed": _l("Changed file: %(file)s"),
    "file-unreadable": _l("The file %(file)s cannot be read, so its changes cannot be told"),
}
"""Changes with a sentence of their own."""

NOUNS: Mapping[str, LazyString] = {
    "deadline": _l("deadline"),
    "calendar": _l("calendar"),
    "deadline-start": _l("start of the deadline"),
    "deadline-end": _l("how the deadline ends on a day off"),
    "basis": _l("basis of the deadline"),
    "ladder": _l("reminders"),
    "warnings": _l("reminders before the end"),
    "fulfilled": _l("what meets the deadline"),
    "level-timer": _l("timer of the deadline"),
    "role": _l("who does it"),
    "assignee": _l("the person who does it"),
    "community": _l("for which community"),
    "priority": _l("priority"),
    "form": _l("form"),
    "milestone": _l("milestone shown to residents"),
    "documentation": _l("explanation"),
    "annotation": _l("note in the diagram"),
    "condition": _l("condition"),
    "default-flow": _l("path taken when no condition holds"),
    "decision": _l("decision asked"),
    "result": _l("where the result is kept"),
    "called-process": _l("process called"),
    "topic": _l("operation"),
    "input": _l('input "%(field)s"'),
    "output": _l('output "%(field)s"'),
    "script": _l("computation"),
    "repeat": _l("repetition"),
    "trigger": _l("what triggers it"),
    "event-name": _l("message, signal or error"),
    "interrupting": _l("interrupts the step"),
    "correlation": _l("key that finds the receiving case"),
    "code": _l("error code"),
    "setting": _l('setting "%(field)s"'),
    "hit-policy": _l("how the rows are read"),
    "logic": _l("logic"),
    "requirement": _l("what it builds on"),
    "rule-note": _l("note of row %(rule)s"),
    "column-expression": _l('what the column "%(field)s" asks'),
    "column-name": _l('name of the result in the column "%(field)s"'),
    "column-type": _l('type of the column "%(field)s"'),
    "column-values": _l('allowed values of the column "%(field)s"'),
    "column-default": _l('result of the column "%(field)s" when no row applies'),
    "form-setting": _l('setting "%(field)s"'),
    "field-help": _l("help text"),
    "field-type": _l("type of the field"),
    "field-key": _l("name under which the answer is kept"),
    "field-text": _l("text"),
    "field-default": _l("preset answer"),
    "field-options-source": _l("where the answers come from"),
    "field-required": _l("must be answered"),
    "field-condition": _l("hidden if"),
    "field-variable": _l("used by the process"),
    "field-prefill": _l("filled in from"),
    "field-readonly": _l("cannot be changed"),
    "field-unit": _l("unit"),
    "field-limit": _l("limit: %(field)s"),
    "field-setting": _l('setting "%(field)s"'),
}
"""Changes of one value: what it is called."""

DETAILS: Mapping[str, LazyString] = {
    "role": _l("done by %(value)s"),
    "assignee": _l("done by %(value)s"),
    "form": _l("form %(value)s"),
    "deadline": _l("deadline %(value)s"),
    "calendar": _l("calendar %(value)s"),
    "timer": _l("as the timer %(value)s"),
    "rungs": _l("reminders %(value)s"),
    "topic": _l("operation %(value)s"),
    "decision": _l("decision %(value)s"),
    "called-process": _l("process %(value)s"),
    "trigger": _l("triggered by %(value)s"),
    "condition": _l("if %(value)s"),
    "options": _l("answers %(value)s"),
    "required": _l("must be answered"),
    "lane": _l("in %(value)s"),
    "after": _l("after %(value)s"),
    "before": _l("before %(value)s"),
}
"""What is told of something new, besides its name."""

LIMITS: Mapping[str, LazyString] = {
    "validate.min": _l("smallest number"),
    "validate.max": _l("largest number"),
    "validate.minLength": _l("fewest characters"),
    "validate.maxLength": _l("most characters"),
    "validate.pattern": _l("pattern"),
    "validate.patternErrorMessage": _l("words when the pattern does not fit"),
    "validate.validationType": _l("kind of text"),
    "properties.min": _l("fewest entries"),
    "properties.max": _l("most entries"),
    "properties.earliest": _l("earliest day"),
    "properties.latest": _l("latest day"),
    "properties.accept": _l("files accepted"),
    "accept": _l("files accepted"),
    "decimalDigits": _l("decimal places"),
}
"""Limits of a form field."""

LONG = frozenset({"documentation", "script", "annotation", "logic", "field-text", "repeat"})
"""Kinds whose values stand below the sentence."""

QUOTED = frozenset(
    {
        *("lane", "scope", "attached", "host", "default-flow", "milestone", "form-title"),
        *("field-label", "field-help", "option-added", "option-removed", "option-label"),
        *("option-order", "pause-added", "pause-removed", "pause-reason", "column-renamed"),
        *("column-input-added", "column-input-removed", "column-output-added"),
        *("column-output-removed", "level-renamed", "text-added", "text-changed"),
    }
)
"""Kinds whose values are names or texts of the model."""

FLAGS: Mapping[str, str] = {
    "field-required": "false",
    "field-variable": "false",
    "field-readonly": "false",
    "interrupting": "true",
}
"""Kinds whose value is yes or no, with what holds where nothing is written."""

CALENDARS: Mapping[str, LazyString] = {
    "calendar-days": _l("calendar days"),
    "statutory": _l("calendar days; they end on a working day"),
    "working-days": _l("working days"),
    "working-hours": _l("working hours"),
    "city": _l("calendar of the city"),
}

TRIGGERS: Mapping[str, LazyString] = {
    "timer": _l("time"),
    "message": _l("message"),
    "signal": _l("signal"),
    "error": _l("error"),
    "escalation": _l("escalation"),
    "conditional": _l("condition"),
    "terminate": _l("end of the whole case"),
    "compensate": _l("compensation"),
    "link": _l("link"),
    "cancel": _l("cancellation"),
}

THINGS: Mapping[str, LazyString] = {
    "userTask": _l("step"),
    "manualTask": _l("step outside the system"),
    "task": _l("step without kind"),
    "process": _l("process"),
    "participant": _l("pool"),
    "lane": _l("lane"),
    "sequenceFlow": _l("arrow"),
    "messageFlow": _l("message arrow"),
    "association": _l("dotted line"),
    "textAnnotation": _l("note in the diagram"),
    "group": _l("frame"),
    "dataObjectReference": _l("data object"),
    "dataStoreReference": _l("data store"),
    "dataStore": _l("data store"),
    "message": _l("message"),
    "signal": _l("signal"),
    "error": _l("error"),
    "escalation": _l("escalation"),
    "transaction": _l("transaction"),
    "adHocSubProcess": _l("sub-process in any order"),
    "complexGateway": _l("branch with its own rule"),
    "decision": _l("decision table"),
    "inputData": _l("input of decisions"),
    "businessKnowledgeModel": _l("function of decisions"),
    "knowledgeSource": _l("source of a decision"),
    "form": _l("form"),
}

_KINDS_BY_GROUP: Mapping[str, tuple[str, ...]] = {
    "deadlines": (
        *("deadline", "calendar", "deadline-start", "deadline-end", "basis", "ladder"),
        *("warnings", "fulfilled", "level-timer", "level-added", "level-removed"),
        *("level-renamed", "level-identity", "rung", "rung-added", "rung-removed", "rung-time"),
        *("pause-added", "pause-removed", "pause-reason"),
    ),
    "steps": (
        *("added", "removed", "identity", "renamed", "type", "scope", "attached", "rewired"),
        *("repeat", "trigger", "event-name", "interrupting", "called-process"),
    ),
    "people": ("role", "assignee", "lane", "community", "priority"),
    "rules": (
        *("condition", "default-flow", "decision", "decision-added", "decision-removed"),
        *("rule-added", "rule-removed", "rule-order", "rule-note", "cell", "hit-policy"),
        *("logic", "requirement", "column-input-added", "column-input-removed"),
        *("column-output-added", "column-output-removed", "column-renamed", "column-order"),
        *("column-expression", "column-name", "column-type", "column-values", "column-default"),
    ),
    "forms": (
        *("form", "form-added", "form-removed", "form-title", "form-setting"),
        *("field-added", "field-removed", "field-label", "field-order", "field-group"),
        *("field-layout", "field-help", "field-type", "field-key", "field-text", "field-default"),
        *("field-options-source", "field-required", "field-condition", "field-variable"),
        *("field-prefill", "field-readonly", "field-unit", "field-limit", "field-setting"),
        *("option-added", "option-removed", "option-label", "option-order"),
    ),
    "words": (
        *("documentation", "annotation", "milestone"),
        *("text-added", "text-removed", "text-changed"),
    ),
    "technical": (
        *("topic", "input", "output", "script", "result", "correlation", "code", "setting"),
        *("file-added", "file-removed", "file-changed", "file-unreadable"),
    ),
    "scenarios": ("scenario-added", "scenario-removed", "scenario-changed", "scenario-aside"),
    "drawing": ("drawing",),
}
GROUP_BY_KIND: Mapping[str, str] = {
    kind: group for group, kinds in _KINDS_BY_GROUP.items() for kind in kinds
}
