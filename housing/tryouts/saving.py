"""A trial becomes a scenario of its draft: the same acts, and what was true after each."""

import json
import re
from collections.abc import Collection
from typing import Any

from housing.tryouts.errors import (
    ScenarioNameInvalid,
    ScenarioNameTaken,
    ScenarioSentenceMissing,
)
from housing.tryouts.store import Trial

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def as_scenario(trial: Trial, scenario_id: str, title: str, taken: Collection[str]) -> bytes:
    """Write a trial as the file of a scenario.

    Args:
        trial: with its steps.
        scenario_id: what it is to be called.
        title: what it shows, one sentence.
        taken: names of the scenarios that there are.

    Raises:
        ScenarioNameInvalid, ScenarioNameTaken, ScenarioSentenceMissing: accordingly.
    """
    if _NAME.fullmatch(scenario_id) is None:
        raise ScenarioNameInvalid
    if scenario_id in taken:
        raise ScenarioNameTaken(scenario_id)
    if not title.strip():
        raise ScenarioSentenceMissing
    given: dict[str, Any] = {"now": trial.given["now"]}
    if also := trial.given.get("also"):
        given["also"] = also
    steps = [{"when": each.when, "then": each.then} for each in trial.steps]
    if steps and "start" in steps[0]["when"]:
        first = steps.pop(0)
        given |= {"start": first["when"]["start"], "then": first["then"]}
    raw = {"id": scenario_id, "title": title.strip(), "given": given, "steps": steps}
    return json.dumps(raw, ensure_ascii=False, indent=2).encode()
