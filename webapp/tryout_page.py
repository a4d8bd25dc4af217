"""What the pages of a trial need: draft, scenarios of its own, forms with example photos."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import flask
from flask_babel import gettext as _

from engine.calendar import TAIPEI
from forms.schema import Field, Form, Option, scope_of
from housing.drafts import queries as drafts
from housing.drafts.queries import DraftView
from housing.errors import ScenarioInvalid
from housing.records.rules import to_json
from housing.scenarios import programme_of
from housing.scenarios import read as read_scenario
from housing.tryouts import sandbox
from housing.tryouts.store import Place, Trial
from webapp import current, form_editing, model_words, scenario_words

MOST_PHOTOS = 6
"""Example photos that a field offers, where its definition allows as many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPage:
    """A draft with its files, and where this person's trial of it lies."""

    draft: DraftView
    files: Mapping[str, bytes]
    place: Place

    @property
    def scenarios(self) -> Sequence[Mapping[str, Any]]:
        """List the scenarios of the draft as it stands now, as in their files."""
        found = programme_of(self.draft.package, self.files).scenarios
        return [each for each in found if _is_readable(each)]

    def is_newer_than(self, trial: Trial) -> bool:
        """Tell whether the draft was changed since the trial began."""
        return sandbox.content_of(self.files) != trial.content_hash


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLine:
    """A step that was done, in words."""

    words: str
    who: str
    at: datetime
    is_refused: bool


def read(draft_id: str) -> DraftPage:
    """Read a draft.

    Raises:
        DraftNotFound: there is none of this id.
    """
    application = current.application()
    with application.reading() as session:
        draft = drafts.draft(draft_id, session=session)
        files = drafts.files(draft_id, session=session)
    model_words.learn(form_editing.english_of(files))
    place = sandbox.place_of(application, draft_id, current.actor().id)
    return DraftPage(draft=draft, files=files, place=place)


def scenarios_of(trial: Trial, place: Place) -> list[Mapping[str, Any]]:
    """List the scenarios whose acts are proposed, the one that the trial follows first."""
    found = programme_of(trial.package, place.files()).scenarios
    usable = [each for each in found if _is_readable(each)]
    return sorted(usable, key=lambda each: each.get("id") != trial.example)


def richest(scenarios: Sequence[Mapping[str, Any]]) -> str:
    """Name the scenario that fills in the most forms: its answers help furthest; "" for none."""
    forms = {str(each["id"]): _forms_of(each) for each in scenarios}
    return max(forms, key=lambda name: forms[name], default="")


def step_lines(trial: Trial, names: Mapping[str, str], people: Mapping[str, str]) -> list[StepLine]:
    """Say the steps of a trial in words."""
    return [
        StepLine(
            words=scenario_words.act_of(each.when, names),
            who=people.get(scenario_words.login_of(each.when), ""),
            at=datetime.fromisoformat(each.at),
            is_refused=each.is_refused,
        )
        for each in trial.steps
    ]


def with_example_photos(form: Form) -> Form:
    """Let people tick example photos where the real form takes files: none is uploaded here."""
    said = model_words.say_form(form)
    return replace(said, components=_with_examples(said.components))


def answers(form: Form, values: Mapping[str, object]) -> dict[str, Any]:
    """Write checked answers as a scenario does, without what the form computes itself."""
    computed = {part.name for part in scope_of(form.components) if part.is_readonly}
    return {
        name: to_json(value)
        for name, value in values.items()
        if value is not None and name not in computed
    }


def typed(example: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, Any]:
    """Read the values of a verb or the options of a start, each of the example's kind.

    A value that was text stays text; any other is read as JSON, or kept as text if it is none.
    """
    return {name: _typed(was, posted.get(f"value:{name}", "")) for name, was in example.items()}


def shown(example: Mapping[str, Any]) -> dict[str, str]:
    """Write the values of a verb for its fields."""
    return {
        name: each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)
        for name, each in example.items()
    }


def moment(text: str) -> datetime | None:
    """Read a day and time of a form, meant in Taipei; None when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=TAIPEI)


def for_input(found: datetime) -> str:
    """Write an instant as a field for day and time takes it."""
    return f"{found.astimezone(TAIPEI):%Y-%m-%dT%H:%M}"


def variable_lines(variables: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write the variables of a case, by name."""
    return [(name, _as_text(variables[name])) for name in sorted(variables)]


def login() -> str:
    """Tell as whom the person wants to act; "" leaves it to the proposal."""
    return flask.request.values.get("as", "")


def _is_readable(scenario: Mapping[str, Any]) -> bool:
    try:
        read_scenario(scenario)
    except ScenarioInvalid:
        return False
    return True


def _forms_of(scenario: Mapping[str, Any]) -> int:
    acts = sandbox.acts_of(scenario)
    return len({each["complete"] for each in acts if "complete" in each})


def _as_text(found: object) -> str:
    plain = to_json(found)
    if isinstance(plain, str):
        return plain
    return json.dumps(plain, ensure_ascii=False, default=str)


def _typed(was: object, text: str) -> object:
    if isinstance(was, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _with_examples(components: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(_with_example(each) for each in components)


def _with_example(part: Field) -> Field:
    if part.type != "filepicker":
        return replace(part, children=_with_examples(part.children))
    most = min(part.max_count or MOST_PHOTOS, MOST_PHOTOS)
    return replace(
        part,
        type="checklist",
        is_multiple=True,
        options=tuple(
            Option(value=f"photo:{number}", label=_photo(number)) for number in range(1, most + 1)
        ),
    )


def _photo(number: int) -> str:
    return str(_("Example photo %(number)d", number=number))
