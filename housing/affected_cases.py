"""What files that are not in service would mean for the cases that run now; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine import definition_queries, queries
from engine.errors import EngineError
from engine.migration import Plan, Rehearsal
from engine.process_engine import ProcessEngine
from engine.records import ProcessDefinition
from housing.comparison import Files, compare

MOST_REHEARSED = 200
"""Cases tried out at once, over all versions; the newest versions first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Affected:
    """The running cases of a process, tried against other files.

    Attributes:
        total: of all versions.
        tried: what would become of each, at most MOST_REHEARSED of them.
        refusal: why none could be tried, if the files cannot be run.
        counts: cases by the id of the element at which they stand, over all versions.
        names: of elements, by id; newer versions win.
    """

    total: int
    tried: tuple[Rehearsal, ...] = ()
    refusal: EngineError | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def affected(key: str, files: Files, *, engine: ProcessEngine, session: Session) -> Affected:
    """Try the running cases of a process on copies, as if files were deployed.

    Args:
        key: of the process.
        files: resources as for a deployment.
        engine: rehearses.
        session: any; nothing is written.
    """
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    waiting: list[tuple[ProcessDefinition, Sequence[str]]] = []
    for version in definition_queries.definitions(session, key):
        ids = engine.migrations.candidates(version.id, session)
        if ids:
            waiting.append((version, ids))
            names = _names(version, session) | names
            for element_id, count in queries.running_counts(version.id, session).items():
                counts[element_id] = counts.get(element_id, 0) + count
    total = sum(len(ids) for _, ids in waiting)
    try:
        tried = _tried(waiting, files, engine, session)
    except EngineError as error:
        return Affected(total=total, refusal=error, counts=counts, names=names)
    return Affected(total=total, tried=tried, counts=counts, names=names)


def _tried(
    waiting: Sequence[tuple[ProcessDefinition, Sequence[str]]],
    files: Files,
    engine: ProcessEngine,
    session: Session,
) -> tuple[Rehearsal, ...]:
    found: list[Rehearsal] = []
    for version, ids in waiting:
        old = definition_queries.resources(version.id, session)
        plan = Plan(source_id=version.id, target_id="", mapping=_mapping(old, files))
        chosen = ids[: MOST_REHEARSED - len(found)]
        if chosen:
            found += engine.migrations.rehearse_files(plan, files, chosen, session)
    return tuple(found)


def _mapping(old: Files, new: Files) -> Mapping[str, str]:
    """Map elements that only got another id."""
    return {
        change.before: change.after
        for change in compare(_diagram(old), _diagram(new))
        if change.kind == "identity"
    }


def _diagram(files: Files) -> Files:
    return {name: content for name, content in files.items() if name.endswith(".bpmn")}


def _names(version: ProcessDefinition, session: Session) -> dict[str, str]:
    model = definition_queries.process_model(version, session)
    return {each.id: each.name or each.id for each in model.elements}
