"""The faces of a slice of the business: topics for diagrams, a subject for cases and scenarios.

A slice fills them in its own `topics.py` and `subject.py`; `housing.operations` and
`housing.subjects` collect them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult, UserTask
from engine.types import Actor, InstanceRef
from housing.errors import ScenarioUnplayable
from housing.vault import Vault

Result = Mapping[str, object]
"""What an operation gives back to the diagram."""

NOTHING: Result = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """The circumstances in which a diagram calls an operation.

    Attributes:
        key: the same for every try of the same call; rows made by it carry the key.
        by: who completed the user task, or the system.
    """

    instance: InstanceRef
    key: str
    by: Actor
    engine: ProcessEngine
    session: Session
    clock: Clock

    @property
    def now(self) -> datetime:
        """The instant of the call."""
        return self.clock.now()


Verb = Callable[..., Result]
"""An operation: takes the call, then the inputs of the service task by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """A form that opens a case.

    Attributes:
        token: idempotency key.
        values: of the start form, checked.
        options: further keys of the subject, such as the home a manager reports for.
    """

    token: str
    values: Mapping[str, object]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """With what a verb works: who acts, the engine, the session, the clock.

    Attributes:
        vault: seals national ids; see `housing.persons`.
        is_demo: whether national ids without an owner are accepted.
    """

    by: Actor
    engine: ProcessEngine
    session: Session
    clock: Clock
    vault: Vault
    is_demo: bool


STARTER = "starter"
"""Who began a case, among those who may send it a message."""


def _cannot_open(_opening: Opening, _desk: Desk) -> StepResult:
    raise ScenarioUnplayable("no form opens a case of this process")


def _send(
    instance_id: str, message: str, values: Mapping[str, object], desk: Desk
) -> StepResult | None:
    return desk.engine.send_message(instance_id, message, values, by=desk.by, session=desk.session)


def _nothing_to_check(_task: UserTask, _values: Mapping[str, object], **_by: object) -> None:
    """Accept what the form's definition accepts."""


def everybody_may(_task: UserTask, _by: Actor, **_when: object) -> None:
    """Leave it to the candidate groups of the diagram."""


def _nothing_to_open_with(**_when: object) -> Mapping[str, object]:
    return {}


def _no_context(_business_key: str, **_when: object) -> Mapping[str, object]:
    return {}


def _nobody_to_tell(_task: UserTask, **_when: object) -> None:
    """Leave it to the notices of the diagram."""


def _keep_all(
    _task: UserTask, values: Mapping[str, object], **_when: object
) -> Mapping[str, object]:
    return values


@dataclass(frozen=True, kw_only=True, slots=True)
class Merging:
    """How the register of a subject follows a merger of its cases (併案).

    Attributes:
        merge: notes that a case rests in a lead case, which counts for both: number, number of the
            lead, session, now. Gives the state in which it was.
        part: brings that state back: number, state, session, now.
        was_dropped: tells whether a lead case that ran to its end was withdrawn, or joined to yet
            another, rather than decided: number, session.
    """

    merge: Callable[..., str]
    part: Callable[..., None]
    was_dropped: Callable[..., bool]


def _no_state(_number: str, _lead: str, **_when: object) -> str:
    return ""


def _nothing_to_bring_back(_number: str, _state: str, **_when: object) -> None:
    """Leave it to the engine's own state of the case."""


def _was_decided(_number: str, **_when: object) -> bool:
    return False


UNREGISTERED = Merging(merge=_no_state, part=_nothing_to_bring_back, was_dropped=_was_decided)
"""For cases that no register but the engine's own holds."""


def _no_facts(_business_key: str, **_when: object) -> Mapping[str, Mapping[str, object]]:
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What one process needs of the business. Every member but the process has a plain default.

    Attributes:
        process: key of the process, such as `repair.ticket`.
        start_form: key of the form that opens a case; None when no form does.
        message_forms: name of a message that people may send, to the key of its form or None.
        message_senders: name of such a message to who may send it from the page of a case: roles,
            relations to the case such as "reporter", and STARTER; empty for one with a page of its
            own. A message without an entry is sent by officers.
        open: opens a case and gives its first step.
        post: sends a message of a person to a case: instance id, message, values, desk.
        check: refuses answers that break a rule which the form's definition cannot know; raises
            Invalid with a sentence for the person at the form.
        forbid: refuses a person who may not do a task of his group, such as the second of four
            eyes; raises NotAllowed.
        context: what the expressions of the forms of a case may name: prefills, options, bounds.
        opening: what the expressions of the start form may name, for the actor `by`.
        keep: takes out of the answers what only the subject's own tables may hold, and gives what
            the record of the case keeps; the case page shows nothing else.
        readers: roles that open the page of a case as staff; None means every role of the office.
        seals_notes: whether notes of colleagues on a case are sealed.
        merging: how its register follows a merger; None where each case settles something of its
            own, such as one lease, so that none may end with another.
        announce: tells the person to whom a step just gave a task of his own.
        facts: what scenarios may expect of the business's own records, by kind.
        fact_kinds: the kinds that `facts` gives.
        verbs: what happens outside the forms of the diagram and a scenario may do, such as the
            proof of service of a letter: name to function of instance id or None, values, desk.
    """

    process: str
    start_form: str | None = None
    message_forms: Mapping[str, str | None] = field(default_factory=dict)
    message_senders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    open: Callable[[Opening, Desk], StepResult] = _cannot_open
    post: Callable[[str, str, Mapping[str, object], Desk], StepResult | None] = _send
    check: Callable[..., None] = _nothing_to_check
    forbid: Callable[..., None] = everybody_may
    context: Callable[..., Mapping[str, object]] = _no_context
    opening: Callable[..., Mapping[str, object]] = _nothing_to_open_with
    keep: Callable[..., Mapping[str, object]] = _keep_all
    readers: frozenset[str] | None = None
    seals_notes: bool = False
    merging: Merging | None = None
    announce: Callable[..., None] = _nobody_to_tell
    facts: Callable[..., Mapping[str, Mapping[str, object]]] = _no_facts
    fact_kinds: frozenset[str] = frozenset()
    verbs: Mapping[str, Callable[[str | None, Mapping[str, object], Desk], StepResult | None]] = (
        field(default_factory=dict)
    )
