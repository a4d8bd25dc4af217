"""The trial of the pages: the answer is lost, the form is sent again; the server is killed."""

import re
import urllib.error
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import queries
from engine.invariants import Breach, Facts, broken
from housing import bootstrap, settings
from housing.bootstrap import Application
from housing.demo import world
from housing.demo.accounts import PASSWORD
from housing.repairs.service import PROCESS
from scheduler.chaos.stage import Outcome, Stage
from scheduler.chaos.visitors import Server, Visitor, field_of, is_told_as_done, picture, with_token
from scheduler.sweep import Sweep

KILLED_EVERY = 10
_TASK = re.compile(r'href="/tasks/([0-9a-f]{32})')


@dataclass(kw_only=True, slots=True)
class _Work:
    """What was acknowledged.

    Attributes:
        numbers: case numbers by the text of the report.
        completed: user tasks.
        hung_up: answers that were not read.
    """

    numbers: dict[str, str] = field(default_factory=dict)
    completed: set[str] = field(default_factory=set)
    hung_up: int = 0


def lose_answers(stage: Stage) -> Outcome:
    """Report repairs and triage them over HTTP while answers get lost and the server is killed.

    Each form is sent and its answer not read, then the same form again, as a browser would.
    """
    count = stage.share(20, at_least=4)
    application = _found(stage)
    server = Server(var=application.settings.var, url=application.settings.database_url)
    server.start()
    try:
        work = _act(stage, server, count)
    finally:
        server.kill()
    breaches = _check(application, work)
    application.dispose()
    figures = {"reports": len(work.numbers), "tasks": len(work.completed)}
    return Outcome(count=work.hung_up, breaches=breaches, figures=figures)


def _found(stage: Stage) -> Application:
    """Found a real house: the schema by its migrations, people and homes, no tickets."""
    folder = stage.folder / "web"
    folder.mkdir()
    environment = {"ANJU_VAR": str(folder), "ANJU_DATABASE_URL": stage.ground.fresh("web")}
    application = bootstrap.build(settings.load(environment))
    application.migrate()
    application.deploy_packages()
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
    return application


def _act(stage: Stage, server: Server, count: int) -> _Work:
    """Report and triage in turn; now and then kill the server instead of hanging up alone."""
    work = _Work()
    resident, manager = Visitor(server=server), Visitor(server=server)
    resident.sign_in("resident1", PASSWORD)
    manager.sign_in("manager1", PASSWORD)
    for number in range(count // 2):
        dies = number % KILLED_EVERY == KILLED_EVERY // 2
        _report(resident, work, f"水龍頭滴水，第 {number} 次通報。", dies)
        _triage(manager, work)
        stage.progress(number * 2 / count)
    return work


def _report(visitor: Visitor, work: _Work, words: str, dies: bool) -> None:
    page = visitor.get("/repairs/new")
    values = with_token(
        page,
        {
            "_token": field_of(page, "_token"),
            "_confirmed": "1",
            "where": "unit",
            "place": "浴室",
            "category": "water",
            "text": words,
            "phone": "0900000001",
        },
    )
    _lose(visitor, work, "/repairs/new", values, dies)
    address = visitor.post("/repairs/new", values, picture())
    work.numbers[words] = address.rpartition("/")[2]


def _triage(visitor: Visitor, work: _Work) -> None:
    """Claim a report and triage it; the answer "done already" makes up for the lost one."""
    for task_id in _TASK.findall(visitor.get("/tasks?view=team")):
        address = f"/tasks/{task_id}"
        page = visitor.get(address)
        if 'name="broken"' not in page:
            continue  # another kind of task
        visitor.post(f"{address}/claim", with_token(page, {}))
        _complete(visitor, work, task_id)
        return


def _complete(visitor: Visitor, work: _Work, task_id: str) -> None:
    address = f"/tasks/{task_id}"
    page = visitor.get(address)
    values = {
        "version": field_of(page, "version"),
        "is_duplicate": "false",
        "broken": "false",
        "finding": "現場測試正常，未損壞。",
    }
    form = with_token(page, values)
    _lose(visitor, work, address, form, dies=False)
    try:
        visitor.post(address, form, picture())
    except urllib.error.HTTPError as error:
        if not is_told_as_done(error):
            raise
    work.completed.add(task_id)


def _lose(
    visitor: Visitor, work: _Work, address: str, values: Mapping[str, str], dies: bool
) -> None:
    """Send a form and do not read the answer; the server may die as it answers."""
    visitor.post_and_hang_up(address, values, picture())
    work.hung_up += 1
    if dies:
        visitor.server.kill()
        visitor.server.start()


def _check(application: Application, work: _Work) -> tuple[Breach, ...]:
    """Check the invariants, and that each report became one case under the number told."""
    sweep = Sweep(application, "chaos", lambda: True)
    while sweep.run():
        pass
    facts = Facts(completed=frozenset(work.completed))
    breaches = broken(application.database, facts, application.clock.now())
    with application.reading() as session:
        summaries = queries.processes(session)
    cases = sum(each.running + each.ended for each in summaries if each.definition.key == PROCESS)
    reported = len(set(work.numbers.values()))
    if not cases == reported == len(work.numbers):
        words = f"{len(work.numbers)} reports were acknowledged under {reported} numbers"
        return (*breaches, Breach(invariant="I5", text=f"{words}; there are {cases} cases"))
    return breaches
