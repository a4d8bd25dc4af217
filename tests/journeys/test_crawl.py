"""Every page on the supervisors' side is walked on a phone: words, console, width, axe."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

from engine import queries as engine_queries
from engine.db import metadata
from engine.queries import InstanceFilter
from engine.types import SYSTEM, Actor
from housing import bootstrap, packages, settings
from housing.bootstrap import Application
from housing.demo import city
from housing.demo.accounts import PASSWORD
from housing.drafts import importing, queries, service
from housing.people import queries as people
from tests import garden
from webapp.factory import create_app

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]

KEY = "repair.ticket"
WIDTH = 390
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
SUPERVISORS = ("supervisor1", "supervisor2", "admin1")

FILES = re.compile(r"\.(csv|json|pdf|txt|xes|zip|js)$")
"""How the rule of a route ends that gives a file."""

NO_PAGES = {
    "files.show": "a photo or a PDF",
    "drafts.read_file": "a file for the editors",
    "drafts.read_shipped": "a file for the editors",
    "decision_editor.findings": "a part of the decision editor",
    "form_editor.findings": "a part of the form editor",
    "health.show": "for the watchers of the machine",
    "health.ready": "for the watchers of the machine",
    "health.show_metrics": "for the watchers of the machine",
    "static": "scripts, styles, pictures",
}

ENGLISH_ALLOWED = {
    **dict.fromkeys(("true", "false", "null"), "values of FEEL"),
    **dict.fromkeys(("anju", "serve", "worker"), "a command to type"),
    **dict.fromkeys(("Chrome", "Linux"), "names of browsers and systems"),
    **dict.fromkeys(("Powered", "by"), "the mark of bpmn.io, which its licence asks for"),
    "English": "the switch to the other language is in that language",
    "Anju": "the name of the product",
    "zip": "a kind of file",
    **dict.fromkeys(
        ("officer", "contractor", "resident", "until", "reason", "broken", "simple"),
        "names of fields and groups in the explanations of diagrams",
    ),
}

WORDS = """() => {
  const apart = 'code, pre, kbd, samp, script, style, textarea, svg, [lang=en], .djs-container';
  const shown = [...document.body.querySelectorAll('*')].filter(each => !each.closest(apart));
  return [document.title, ...shown.flatMap(each => [
    ...[...each.childNodes].filter(one => one.nodeType === 3).map(one => one.data),
    ...['title', 'aria-label', 'placeholder', 'alt'].map(name => each.getAttribute(name))])]
    .filter(Boolean).map(each => each.trim()).filter(Boolean)
}"""
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map(each => each.href)"


@dataclass(kw_only=True, slots=True)
class Crawler:
    """Walks the pages of one person after the other, each kind of page once.

    Attributes:
        seen: endpoints whose page was walked.
        faults: what is wrong, each with its address.
    """

    page: Page
    url: str
    app: Flask
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what the browser complains about."""
        page = self.page
        page.on("console", lambda m: self.console.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    def sign_in(self, login: str) -> None:
        """Sign in as somebody else."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form button.btn-primary").first.click()
        self.page.wait_for_load_state()

    def walk(self, *begin: str) -> None:
        """Walk these pages and whatever they lead to."""
        waiting = [link for address in begin for link in self._visit(address)]
        for address in waiting:
            if self._is_new(address):
                waiting.extend(self._visit(address))

    def endpoint(self, address: str) -> str:
        """Name the route of an address; empty for those that lead elsewhere or to no page."""
        try:
            rule, _ = self.app.url_map.bind("here").match(
                urlsplit(address).path, method="GET", return_rule=True
            )
        except HTTPException:
            return ""
        is_page = rule.endpoint not in NO_PAGES and not FILES.search(rule.rule)
        return rule.endpoint if is_page else ""

    def _is_new(self, address: str) -> bool:
        found = self.endpoint(address)
        return bool(found) and found not in self.seen

    def _visit(self, address: str) -> list[str]:
        page = self.page
        answer = page.goto(self.url + address)
        page.wait_for_load_state()
        self.seen |= {self.endpoint(address), self.endpoint(page.url)}
        self.faults.extend(f"{address}: {fault}" for fault in self._faults(answer.status))
        self.console.clear()
        links = [each for each in page.evaluate(LINKS) if each.startswith(self.url)]
        return [each.removeprefix(self.url) for each in links]

    def _faults(self, status: int) -> Iterator[str]:
        page = self.page
        if status != 200:
            yield f"answers {status}"
            return
        yield from self.console
        if (width := page.evaluate("document.documentElement.scrollWidth")) > WIDTH:
            yield f"is {width} wide"
        for text in page.evaluate(WORDS):
            if english := english_in(text):
                yield f"says {', '.join(english)} in {text[:90]!r}"
        if page.locator("#diagram-editor").count():
            return  # a large drawing; axe reads that page in the journey of the diagram editor
        for violation in Axe().run(page, options=RULES).response["violations"]:
            targets = [node["html"][:120] for node in violation["nodes"][:3]]
            yield f"axe {violation['id']}: {targets}"


def english_in(text: str) -> list[str]:
    """Find English words in what a page says: no expressions, codes, addresses, acronyms."""
    if "=" in text:
        return []
    plain = re.sub(r'"[^"]*"|[\w ]+\(', " ", text, flags=re.ASCII)
    words = (each.rstrip(".:-?/") for each in re.findall(r"[A-Za-z0-9_.@/:#&?+*%-]+", plain))
    return [
        word
        for word in words
        if re.fullmatch(r"[A-Z]?[a-z]{2,}", word) and word not in ENGLISH_ALLOWED
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """The demo city with work of supervisors in it.

    Attributes:
        draft: address of a changed draft of the repair process, simulated once.
        foreign: address of a draft that was imported from another tool.
        number: of a running repair case.
    """

    url: str
    app: Flask
    draft: str
    foreign: str
    number: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo city, served without a scheduler, so that nothing changes while it is walked."""
    given = {"ANJU_VAR": str(tmp_path_factory.mktemp("crawl")), "ANJU_DEMO": "1"}
    application = bootstrap.build(settings.load({**given, "ANJU_SECRET_KEY": "x" * 40}))
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    city.load(application)
    draft, foreign = _draft(application), _import(application)
    _deploy_again(application)
    app = create_app(application)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Office(
        url=f"http://127.0.0.1:{server.effective_port}",
        app=app,
        draft=f"/drafts/{draft}",
        foreign=f"/drafts/{foreign}",
        number=_running(application),
    )
    server.close()
    thread.join(timeout=10)
    application.dispose()


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


@pytest.fixture(scope="module")
def crawler(browser: Browser, office: Office) -> Iterator[Crawler]:
    """One browser, as wide as a phone."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 844}, locale="zh-TW")
    made = Crawler(page=context.new_page(), url=office.url, app=office.app)
    made.listen()
    yield made
    context.close()


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
        crawler.sign_in(login)
        crawler.walk("/")

    assert crawler.faults == []
    assert crawler.seen >= {
        *("approvals.show", "decision_editor.show", "diagram_editor.show", "form_editor.show"),
        *("cockpit.list_cases", "insight.show", "migrations.plan", "simulations.show"),
        *("draft_scenarios.show", "drafts.show_import", "handbooks.show", "tryouts.show"),
    }
