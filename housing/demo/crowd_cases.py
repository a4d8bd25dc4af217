"""Running cases for the crowd of a benchmark: each stands at a task with a form, held by somebody.

The engine runs them, unlike the rows of `crowd`, so that the tasks can be completed.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from engine import bench_diagrams
from engine.types import CITY, Actor
from housing.bootstrap import Application
from housing.demo.crowd import ME, Told
from housing.people.queries import actor_of

PROCESS = "bench_form"
BATCH = 50

ANSWERS: Mapping[str, str] = {"decision": "yes", "note": "已聯絡住戶，約定後天上午到府。"}
"""What is typed into the form."""


def open_cases(
    application: Application, holders: int, each: int, told: Told
) -> Sequence[Sequence[str]]:
    """Start cases; the first accounts hold `each` tasks each.

    Returns:
        The ids of the tasks, by holder.
    """
    with application.unit_of_work() as session:
        actors = [actor_of(ME + at, session=session) for at in range(holders)]
        files = {
            "bench.bpmn": bench_diagrams.form(),
            bench_diagrams.FORM_NAME: bench_diagrams.FORM.encode(),
        }
        application.engine.deploy(files, by=actors[0], session=session)
    found: list[list[str]] = [[] for _ in actors]
    total = holders * each
    for begun in range(0, total, BATCH):
        numbers = range(begun, min(begun + BATCH, total))
        with application.unit_of_work() as session:
            for number in numbers:
                task_id = _open(application, number, actors[number % holders], session)
                found[number % holders].append(task_id)
        told("open cases", numbers.stop, total)
    return found


def _open(application: Application, number: int, holder: Actor, session: Session) -> str:
    step = application.engine.start(
        PROCESS,
        bench_diagrams.STRAIGHT_VARIABLES,
        business_key=f"B115-{number:06}",
        scope=CITY,
        by=holder,
        session=session,
    )
    (task,) = step.open_tasks
    return application.engine.claim(task.id, by=holder, session=session).id
