"""What changed in a process, in sentences that a section chief reads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from lxml import etree

from bpmn.handbook import Period
from bpmn.handbook_reading import read_period
from engine.comparison.changes import Change
from forms.comparison import title_of
from webapp import handbook_words, labels, language, model_words
from webapp.change_nouns import (
    CALENDARS,
    DETAILS,
    FLAGS,
    GROUP_BY_KIND,
    GROUPS,
    LIMITS,
    LONG,
    NOUNS,
    QUOTED,
    SENTENCES,
    THINGS,
    TRIGGERS,
)

_LONGEST = 60
"""Values longer than this stand below the sentence instead of in it."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_DEADLINE_NAMES = ("due_days", "_days", "_hours")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One change as the page shows it.

    Attributes:
        group: key of GROUPS.
        before, after: values in words; shown beside the sentence where it does not hold them.
        is_long: the sentence leaves the values out.
    """

    change: Change
    group: str
    sentence: str
    before: str
    after: str
    is_long: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What the files of a package call things, both versions together.

    Attributes:
        english: English of the model's texts, from its `en.json`.
        forms: titles by form key.
        decisions: names by id.
    """

    english: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str) -> str:
        """Say a text of the model in the reader's language."""
        if language.choose() == "en" and text in self.english:
            return self.english[text]
        return model_words.say(text)


def names_of(*versions: Mapping[str, bytes], english: Mapping[str, str]) -> Names:
    """Collect the names that the files of some versions give; later versions win."""
    forms: dict[str, str] = {}
    decisions: dict[str, str] = {}
    for files in versions:
        for name, content in files.items():
            if name.startswith("forms/"):
                key = name.removeprefix("forms/").removesuffix(".json")
                forms[key] = title_of(content) or key
            elif name.endswith(".dmn"):
                decisions |= _decision_names(content)
    return Names(english=english, forms=forms, decisions=decisions)


def _decision_names(content: bytes) -> dict[str, str]:
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return {}
    found = root.iter("{*}decision")
    return {each.get("id", ""): each.get("name", "") or each.get("id", "") for each in found}


def lines(changes: Iterable[Change], names: Names) -> list[Line]:
    """Say every change, in the order given."""
    return [_line(change, names) for change in changes]


def grouped(said: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Put lines under their headings, deadlines first; empty headings are left out."""
    given = list(said)
    found = ((str(GROUPS[key]), [each for each in given if each.group == key]) for key in GROUPS)
    return [(heading, inside) for heading, inside in found if inside]


def group_of(change: Change) -> str:
    """Name the heading of a change; a cell that holds days is a deadline."""
    if change.kind == "cell" and change.note("name").endswith(_DEADLINE_NAMES):
        return "deadlines"
    if change.element_type == "decision" and change.kind in {"renamed", "documentation"}:
        return "rules"
    return GROUP_BY_KIND.get(change.kind, "technical")


def thing(change: Change, names: Names) -> str:
    """Name what a change is about, with its kind where the name alone does not tell."""
    if change.note("of-form"):
        return _field(change, names)
    if change.element_type == "process" and change.note("level"):
        return quoted(names.say(change.note("level")))
    name = names.say(change.element_name)
    if not name:
        return str(_("%(kind)s %(id)s", kind=kind_words(change), id=change.element_id))
    if change.note("host"):
        return str(_('"%(name)s" at "%(host)s"', name=name, host=names.say(change.note("host"))))
    if change.element_type in _NAMED_WITH_KIND and change.kind not in _SAYING_KIND:
        return str(_('%(kind)s "%(name)s"', kind=kind_words(change), name=name))
    return quoted(name)


def _field(change: Change, names: Names) -> str:
    form, name = names.say(change.note("of-form")), names.say(change.element_name)
    if not name:
        return str(_('form "%(name)s"', name=form))
    return str(_('form "%(form)s", field "%(name)s"', form=form, name=name))


def noun(change: Change, names: Names) -> str:
    """Say what kind of value changed."""
    words = NOUNS.get(change.kind, NOUNS["setting"])
    return str(words) % {"field": _setting(change, names), "rule": change.note("rule")}


def _setting(change: Change, names: Names) -> str:
    return str(LIMITS.get(change.field) or names.say(change.field))


def quoted(text: str) -> str:
    """Put a name in the reader's quotation marks."""
    return str(_('"%(name)s"', name=text))


def kind_words(change: Change) -> str:
    """Say what kind of element a change is about."""
    return str(THINGS.get(change.element_type) or labels.label(change.element_type, "element"))


def _line(change: Change, names: Names) -> Line:
    before, after = (value(change, text, names) for text in (change.before, change.after))
    is_long = change.kind in LONG or max(len(before), len(after)) > _LONGEST
    return Line(
        change=change,
        group=group_of(change),
        sentence=_tidy(_sentence(change, names, (before, after), is_long=is_long)),
        before=before,
        after=after,
        is_long=is_long and change.kind in NOUNS,
    )


def _tidy(sentence: str) -> str:
    """Leave out blanks beside Chinese quotation marks."""
    return sentence.replace(" 「", "「").replace("」 ", "」")


def _sentence(change: Change, names: Names, values: tuple[str, str], *, is_long: bool) -> str:
    given = {
        "thing": thing(change, names),
        "kind": kind_words(change),
        "name": names.say(change.element_name),
        "field": _setting(change, names),
        "before": values[0],
        "after": values[1],
        "rule": change.note("rule"),
        "column": names.say(change.note("column")),
        "file": change.file,
        "when": handbook_words.when(change.field) if change.kind.startswith("rung") else "",
    }
    if change.kind in SENTENCES:
        return _with_details(str(SENTENCES[change.kind]) % given, change, names)
    given["noun"] = noun(change, names)
    if change.kind in FLAGS:
        return str(_("%(thing)s: %(noun)s: %(after)s (was: %(before)s)", **given))
    if is_long:
        return str(_("%(thing)s: %(noun)s changed", **given))
    if not change.before:
        return str(_("%(thing)s: %(noun)s added: %(after)s", **given))
    if not change.after:
        return str(_("%(thing)s: %(noun)s removed (was %(before)s)", **given))
    return str(_("%(thing)s: %(noun)s changed from %(before)s to %(after)s", **given))


def _with_details(sentence: str, change: Change, names: Names) -> str:
    """Say who does a new step, with which form, by when, and where it stands."""
    if change.kind not in {"added", "field-added", "level-added", "level-removed"}:
        return sentence
    for key, words in DETAILS.items():
        text = change.note(key)
        if text and not (key == "lane" and change.note("role")):
            more = str(words) % {"value": value(_as_kind(change, key), text, names)}
            sentence = str(_("%(one)s, %(more)s", one=sentence, more=more))
    return sentence


def _as_kind(change: Change, kind: str) -> Change:
    return Change(kind=kind, element_type=change.element_type, notes=change.notes)


def value(change: Change, text: str, names: Names) -> str:
    """Say one value of a change, "" for none."""
    if change.kind in FLAGS:
        return str(_("yes")) if (text or FLAGS[change.kind]) == "true" else str(_("no"))
    if not text:
        return ""
    if change.kind in QUOTED:
        return quoted(names.say(text))
    if change.kind in _VALUES:
        return _VALUES[change.kind](text)
    return _named(change, text, names)


def _named(change: Change, text: str, names: Names) -> str:
    """Say a value that needs to know the package, or is said as it stands."""
    match change.kind:
        case "deadline":
            return deadline(text, change.note("calendar"))
        case "form":
            return quoted(names.say(names.forms.get(text, text)))
        case "decision":
            return quoted(names.say(names.decisions.get(text, text)))
        case "after" | "before":
            separator = str(_(", "))
            return separator.join(quoted(names.say(each)) for each in text.split("、"))
        case "renamed":
            return names.say(text)
    return text


def deadline(text: str, calendar: str = "") -> str:
    """Say a deadline as the files write it: "10 working_days", "=calendar days after(...)", P5D.

    Args:
        text: of a service level, a due date or a timer.
        calendar: `anju:calendar` beside it.
    """
    amount, _space, unit = text.rpartition(" ")
    if amount and unit in handbook_words.OPEN_UNITS:
        return handbook_words.length(Period(amount=amount.removeprefix("="), unit=unit))
    if not text.startswith("="):
        return _plain_length(text, calendar)
    period = read_period(text)
    if not period.amount:
        return str(_("the day kept in the case (%(name)s)", name=period.expression))
    counted = handbook_words.length(period)
    if not period.start:
        return counted
    return str(_("%(length)s, from %(start)s", length=counted, start=period.start))


def _plain_length(text: str, calendar: str) -> str:
    """Say an ISO duration, counted by its calendar."""
    number = text.removeprefix("P").removesuffix("D")
    unit = _UNIT_BY_CALENDAR.get(calendar)
    if unit and number.isdecimal():
        return handbook_words.length(Period(amount=number, unit=unit))
    return handbook_words.length(Period(amount=text, unit="exact"))


def _receivers(text: str) -> str:
    """Say whom a rung tells, and what else it does."""
    told = [each for each in text.split() if "=" not in each]
    more = "".join(f" ({each})" for each in text.split() if "=" in each)
    who = (str(handbook_words.RECEIVERS.get(e) or labels.label(e, "role")) for e in told)
    return str(_(", ")).join(who) + more


_VALUES: Mapping[str, Callable[[str], str]] = {
    "calendar": lambda text: str(CALENDARS.get(text, text)),
    "role": lambda text: labels.label(text, "role"),
    "type": lambda text: str(THINGS.get(text) or labels.label(text, "element")),
    "ladder": lambda text: str(handbook_words.LADDER_NAMES.get(text, text)),
    "rung": _receivers,
    "rung-added": _receivers,
    "rung-removed": _receivers,
    "rung-time": handbook_words.when,
    "trigger": lambda text: str(TRIGGERS.get(text, text)),
    "hit-policy": lambda text: quoted(handbook_words.hit_policy(text).rstrip(".。")),
}
"""Values that are codes, by the kind of change or note."""

_UNIT_BY_CALENDAR: Mapping[str, str] = {
    "calendar-days": "calendar_days",
    "working-days": "working_days",
    "statutory": "statutory_days",
}
_SAYING_KIND = frozenset({"added", "removed", "decision-added", "decision-removed"})
_NAMED_WITH_KIND = frozenset(
    {
        *("decision", "message", "signal", "error", "escalation", "process", "participant"),
        *("lane", "sequenceFlow", "messageFlow", "exclusiveGateway", "inclusiveGateway"),
        *("parallelGateway", "eventBasedGateway", "subProcess", "form"),
    }
)
