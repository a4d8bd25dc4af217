"""Every page on the supervisors' side is walked on a phone: words, console, width, axe."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from engine import queries as engine_queries
from engine.queries import InstanceFilter
from engine.types import SYSTEM, Actor
from housing import packages
from housing.bootstrap import Application
from housing.drafts import importing, queries, service
from housing.people import queries as people
from tests import garden
from tests.journeys import crawling
from tests.journeys.crawling import Crawler

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]

KEY = "repair.ticket"
SUPERVISORS = ("supervisor1", "supervisor2", "admin1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """The demo city with work of supervisors in it.

    Attributes:
        draft: address of a changed draft of the repair process, simulated once.
        foreign: address of a draft that was imported from another tool.
        number: of a running repair case.
    """

    draft: str
    foreign: str
    number: str


@pytest.fixture(scope="module")
def crawler(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawler]:
    """A crawler in the demo city."""
    yield from crawling.crawl_city(browser, tmp_path_factory.mktemp("crawl"))


@pytest.fixture(scope="module")
def office(crawler: Crawler) -> Office:
    """What supervisors have begun in the city."""
    application = crawler.application
    draft, foreign = _draft(application), _import(application)
    _deploy_again(application)
    return Office(
        draft=f"/drafts/{draft}", foreign=f"/drafts/{foreign}", number=_running(application)
    )


def _supervisor(application: Application) -> Actor:
    with application.reading() as session:
        return people.account_by_login("supervisor1", session=session).actor


def _draft(application: Application) -> str:
    by = _supervisor(application)
    with application.unit_of_work() as session:
        draft = service.begin(
            KEY, title="分案流程調整", by=by, session=session, clock=application.clock
        )
        file = queries.file(draft.id, "repair.bpmn", session=session)
        service.save_file(
            draft.id,
            "repair.bpmn",
            _renamed(file.content),
            revision=file.revision,
            by=by,
            session=session,
            clock=application.clock,
        )
        return draft.id


def _import(application: Application) -> str:
    """Import a diagram with what another engine knows and Anju does not."""
    diagram = garden.files()["garden.bpmn"].decode()
    foreign = diagram.replace('=fits = "yes"', "${fits == 'yes'}").replace(
        'camunda:formKey="garden/look"', 'camunda:formKey="garden/look" camunda:asyncBefore="true"'
    )
    with application.unit_of_work() as session:
        return importing.import_files(
            [("garden.bpmn", foreign.encode())],
            title="菜園",
            process_key=None,
            by=_supervisor(application),
            session=session,
            clock=application.clock,
        ).id


def _deploy_again(application: Application) -> None:
    """Put a second version of the repair process in service, so that cases can be moved to it."""
    resources = dict(packages.resources("repair"))
    resources["repair.bpmn"] = _renamed(resources["repair.bpmn"])
    with application.unit_of_work() as session:
        application.engine.deploy(resources, by=SYSTEM, session=session)


def _renamed(diagram: bytes) -> bytes:
    """Rename the first user task."""
    first = re.compile(r'(<bpmn:userTask id="\w+" name="[^"]+)')
    return first.sub(r"\1（新）", diagram.decode(), count=1).encode()


def _running(application: Application) -> str:
    wanted = InstanceFilter(process_key=KEY, statuses=frozenset({"active"}), limit=1)
    with application.reading() as session:
        return engine_queries.instances(wanted, session).rows[0].business_key


def pages_of_a_draft(draft: str) -> tuple[str, ...]:
    """Name the pages of a draft of the repair process."""
    return (
        draft,
        *(f"{draft}/{part}" for part in ("diagram", "try", "scenarios", "simulation", "changes")),
        *(f"{draft}/{part}/repair_class.dmn" for part in ("decisions", "rules")),
        *(
            f"{draft}/{part}/forms/repair/triage.json"
            for part in ("forms", "fields", "form-preview")
        ),
    )


def pages_of_running_cases(number: str) -> tuple[str, ...]:
    """Name the pages on which supervisors look after running cases."""
    return (
        f"/processes/{KEY}/1",
        f"/processes/{KEY}/cases",
        f"/cases/{number}/cockpit",
        f"/cases/{number}/move",
        f"/processes/{KEY}/1/migrate?to=2",
        f"/processes/{KEY}/insight",
        f"/processes/{KEY}/1/handbook",
        f"/processes/{KEY}/versions",
        "/operations",
    )


def test_the_supervisors_side_speaks_chinese_and_fits_a_phone(crawler, office):
    crawler.sign_in("supervisor1")
    crawler.walk(*pages_of_a_draft(office.draft), f"{office.foreign}/import-report")
    crawler.walk(*pages_of_running_cases(office.number))
    for login in SUPERVISORS:
        crawler.sign_in(login, sees_all_anew=login == "supervisor1")
        crawler.walk("/")

    assert not crawler.faults, "\n".join(crawler.faults)
    assert crawler.seen >= {
        *("approvals.show", "decision_editor.show", "diagram_editor.show", "form_editor.show"),
        *("cockpit.list_cases", "insight.show", "migrations.plan", "simulations.show"),
        *("draft_scenarios.show", "drafts.show_import", "handbooks.show", "tryouts.show"),
    }
