"""The handbook of a process: what its package says, as chapters of plain data.

Texts are those of the package, in its language. Expressions are FEEL without the leading `=`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DeadlineKind = Literal["reminds", "routes", "starts"]
"""A service level reminds and escalates, a timer moves the case on, a timer start opens it."""

_SOURCE = re.compile(r"^(?P<text>.*?)\s*(?:來源|Source|Sources)[：:]\s*(?P<source>.+)$", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """Who works in the process: a lane."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One activity.

    Attributes:
        type: BPMN type, such as "userTask".
        who: name of the lane.
        group: the role that the task is offered to, or "" when it is computed or there is none.
        phase: name of the sub-process around it, or "".
        form: key and title of the form that is asked, or "".
        milestone: what the resident reads meanwhile, or "".
        is_repeated: once for each of several things.
    """

    id: str
    type: str
    name: str
    text: str
    who: str
    group: str
    phase: str
    form_key: str
    form: str
    milestone: str
    is_repeated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """How long something may take.

    Attributes:
        amount: a number, or FEEL; "" when the whole period stands in `expression`.
        unit: calendar_days, working_days, working_hours, months, statutory_days,
            statutory_months, or an exact duration; "" as the amount.
        start: FEEL for what it is counted from; "" when the step is reached.
        expression: FEEL or ISO text of an instant or cycle that is given elsewhere, or "".
    """

    amount: str = ""
    unit: str = ""
    start: str = ""
    expression: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One reminder or escalation.

    Attributes:
        at: a share of the period ("50%"), or an ISO duration from its end ("-P1D").
        notify: doer, supervisor or candidate groups.
    """

    at: str
    notify: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """One deadline: a service level, a due date or a timer.

    Attributes:
        where: name of the step it belongs to; of a phase of the case its start and each end.
        calendar: as the diagram names it, or "" for that of the case's place.
        rolling: `statutory` when an end on a day off rolls to the next working day.
        ladder: name of the ladder; "" when nobody is reminded.
        rungs: written in the diagram in place of the ladder's.
        pauses: why the clock stands, as reasons.
        basis: law, clause or decision; of a timer its explanation.
        leads_to: of a timer where the case goes on.
    """

    id: str
    kind: DeadlineKind
    name: str
    where: tuple[str, ...]
    period: Period
    calendar: str
    rolling: str
    ladder: str
    rungs: tuple[Rung, ...]
    pauses: tuple[str, ...]
    basis: str
    leads_to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One row of a decision table: FEEL texts, and why."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One decision table.

    Attributes:
        hit_policy: as DMN writes it, with the aggregation: `COLLECT SUM`.
        inputs: label and expression of each column.
        outputs: labels.
        used_in: names of the steps that ask it.
    """

    id: str
    name: str
    text: str
    hit_policy: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    used_in: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One letter that the process writes.

    Attributes:
        template: name of its words.
        headings: of its parts, in order.
        sent_in: names of the steps that write it.
        has_appeal: it tells how to appeal.
        english: title and legal basis in English; the letter itself is Chinese.
    """

    template: str
    title: str
    headings: tuple[str, ...]
    sent_in: tuple[str, ...]
    legal_basis: str
    has_appeal: bool
    english: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One field of a form; a variable goes into the process, all others stay in the record."""

    name: str
    label: str
    is_required: bool
    is_variable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """One form with what it asks, and the steps that show it."""

    key: str
    title: str
    questions: tuple[Question, ...]
    used_in: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message the process waits for or sends, and where."""

    name: str
    text: str
    used_in: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """One way in which the case, or a part of it, ends.

    Attributes:
        phase: name of the sub-process that ends here; "" for the case.
        is_final: everything still open is ended with it.
    """

    id: str
    name: str
    text: str
    phase: str
    is_final: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Handbook:
    """The handbook of one process.

    Attributes:
        key: id of the BPMN process.
        starts: name and explanation of each way to begin.
        steps: activities in the order of the diagram.
    """

    key: str
    name: str
    purpose: str
    starts: tuple[tuple[str, str], ...]
    roles: tuple[Role, ...]
    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...]
    decisions: tuple[Decision, ...]
    letters: tuple[Letter, ...]
    forms: tuple[Paper, ...]
    messages: tuple[Message, ...]
    ends: tuple[End, ...]

    @property
    def human(self) -> tuple[Step, ...]:
        """What people do."""
        return tuple(step for step in self.steps if step.type == "userTask")

    @property
    def automatic(self) -> tuple[Step, ...]:
        """What the system does."""
        return tuple(step for step in self.steps if step.type != "userTask")

    @property
    def milestones(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What a resident reads on the way, in order, each with who is at work then."""
        who: dict[str, dict[str, None]] = {}
        for step in self.steps:
            if step.milestone:
                who.setdefault(step.milestone, {})[step.who] = None
        return tuple((milestone, tuple(names)) for milestone, names in who.items())


def split_source(text: str) -> tuple[str, str]:
    """Part an explanation from the source that it ends with.

    Returns:
        Both; the source is "" when none is named.
    """
    found = _SOURCE.match(text)
    return (found["text"], found["source"]) if found else (text, "")
