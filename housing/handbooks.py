"""The handbooks of processes, with the letters that the office's operations write."""

from collections.abc import Mapping
from importlib import resources

from sqlalchemy.orm import Session

from bpmn.handbook import Handbook
from bpmn.handbook_reading import read_handbooks
from engine import definition_queries
from engine.errors import DefinitionNotFound
from engine.records import ProcessDefinition
from housing import packages
from housing.letters import writing

LETTERS_BY_TOPIC: Mapping[str, tuple[str, ...]] = {
    "application.ask_choice": ("duplicate_choice",),
    "application.reject": ("rejection",),
    "application.send_supplement": ("supplement",),
    "care.lock_report": ("monthly_report",),
    "move_out.record_handover": ("handover",),
    "repair.charge_contractor": ("repair_recovery",),
    "repair.notify_penalty": ("repair_penalty",),
    "repair.notify_rehousing": ("repair_rehousing",),
    "repair.serve_last_call": ("repair_last_call",),
}
"""Topic to the words its operation chooses itself; `letter.issue` names them in the diagram."""


def of_package(package: str) -> tuple[Handbook, ...]:
    """Read the handbooks of a shipped package, one a process.

    Raises:
        FileNotFoundError: there is no such package.
    """
    return read_handbooks(packages.resources(package), _letters(), LETTERS_BY_TOPIC)


def of_version(deployed: ProcessDefinition, session: Session) -> Handbook:
    """Read the handbook of a deployed version, from the files it was deployed with.

    Raises:
        DefinitionNotFound: it was not deployed.
    """
    files = definition_queries.resources(deployed.id, session)
    for handbook in read_handbooks(files, _letters(), LETTERS_BY_TOPIC):
        if handbook.key == deployed.key:
            return handbook
    raise DefinitionNotFound(deployed.key)


def _letters() -> Mapping[str, bytes]:
    folder = resources.files("housing.letters") / "templates"
    return {name: (folder / f"{name}.json").read_bytes() for name in writing.templates()}
