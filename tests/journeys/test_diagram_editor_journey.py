"""Supervisors change a diagram in a real browser: faults are marked, two at once lose nothing."""

import re
import threading
from collections.abc import Iterator

import pytest
from lxml import etree
from playwright.sync_api import Browser, Page, StorageState, expect
from waitress.server import create_server

from bpmn import catalogue
from engine.comparison.diagrams import compare_diagrams
from engine.db import metadata
from housing import bootstrap, packages, settings
from housing.bootstrap import Application
from housing.demo import world
from housing.demo.accounts import PASSWORD
from housing.drafts import queries, service
from housing.people import queries as people
from tests import serving
from tests.journeys.accessibility import violations
from webapp.factory import create_app

expect.set_options(timeout=20_000)  # saving waits for a pause in typing, and machines may be busy

REPAIR = "repair.bpmn"
CONFLICT = "409"
"""A refused save is told by the browser itself in its console."""

HANDS = """
const editor = document.querySelector('#diagram-editor').editor;
const get = name => editor.modeler.get(name);
const at = id => get('elementRegistry').get(id);
"""
MARKED = """
return get('overlays').get({ type: 'finding' })
  .filter(each => each.html.matches('.mark-error')).map(each => each.element.id)
"""
REPLACE_AND_COPY = """
const replaced = get('bpmnReplace').replaceElement(at('triage'), { type: 'bpmn:ServiceTask' }).id;
get('commandStack').undo();
get('copyPaste').copy([at('triage')]);
const place = { element: at('repair_pool'), point: { x: 3000, y: 2500 } };
const pasted = get('copyPaste').paste(place);
const copy = pasted.find(each => each.type === 'bpmn:UserTask').businessObject;
const level = copy.extensionElements.values[0];
return [replaced, copy.id, copy.get('anju:milestone'), level.amount, level.id ?? null];
"""
INSERT_AND_UNDO = """
const path = at('triage').outgoing[0], next = path.target, before = next.x;
const made = get('stepInserter').insert(at('triage'), 'bpmn:UserTask', '電話聯絡', path);
const moved = next.x - before, lane = made.businessObject.lanes?.[0]?.id;
const led = [path.target === made, made.outgoing[0].target === next];
get('commandStack').undo();
return [moved, lane, ...led, next.x - before, path.target === next];
"""
REWRITE = """
const { warnings } = await editor.modeler.importXML(given[0]);
return [await editor.xmlNow(), warnings.map(each => each.message)];
"""
NEW_STEP = re.compile(
    r'<bpmn:userTask id="(\w+)" name="電話聯絡住戶"[^>]*>.*?</bpmn:userTask>', re.DOTALL
)
NEW_TIMER = re.compile(
    r'name="三日未分案" attachedToRef="triage">\s*<bpmn:timerEventDefinition [^>]*'
    r'anju:calendar="working-days">\s*<bpmn:timeDuration [^>]*>P3D<'
)

ENGLISH_ALLOWED = {
    "FEEL",  # the name of the language
    "XML",
    "cron",
    "Ctrl",
    "Anju",
    "English",  # the switch to the other language is in that language
    "BPMN",
}

AGAIN = "return rows && rows.rows.length ? editor.writeRows(rows) : null"
WORDS = """() => [...document.querySelectorAll('main *')]
  .filter(each => each.tagName !== 'OPTION' || each.value !== each.text)
  .flatMap(each => [
    ...[...each.childNodes].filter(one => one.nodeType === 3).map(one => one.data),
    ...['title', 'aria-label', 'placeholder'].map(name => each.getAttribute(name))])
  .filter(Boolean).map(each => each.trim()).filter(Boolean)"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The demo city's people and places, without deployed processes and without a scheduler."""
    given = {"ANJU_VAR": str(tmp_path_factory.mktemp("editor")), "ANJU_DEMO": "1"}
    application = bootstrap.build(settings.load({**given, "ANJU_SECRET_KEY": "x" * 40}))
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
    yield application
    application.dispose()


@pytest.fixture(scope="module")
def address(office: Application) -> Iterator[str]:
    """Where that office is served."""
    server = create_server(create_app(office), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    serving.stop(server, thread)


@pytest.fixture
def draft_id(office: Application) -> str:
    """A draft of the shipped repair process."""
    files = dict(packages.resources("repair")) | {"en.json": catalogue.read("repair", "en.json")}
    with office.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        return service.open_draft(
            files,
            title="報修流程調整",
            based_on=None,
            detail={},
            by=by,
            session=session,
            clock=office.clock,
        ).id


class Editor:
    """A supervisor before the editor."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(url)
        self.wait()

    def wait(self) -> None:
        """Wait until the diagram is drawn and listed."""
        self.page.locator("#diagram-editor[data-ready]").wait_for()

    def part(self, name: str):
        """Find a part of the page."""
        return self.page.locator(f'[data-part="{name}"]')

    def choose(self, element_id: str) -> None:
        """Choose a step or a path from the list."""
        self.page.locator(f'[data-element="{element_id}"][data-role="choose"]').click()

    def write(self, field: str, text: str) -> None:
        """Type into a field of the panel."""
        self.page.locator(f"#bio-properties-panel-{field}").fill(text)

    def pick(self, field: str, value: str) -> None:
        """Choose a value of a field of the panel."""
        self.page.locator(f"#bio-properties-panel-{field}").select_option(value)

    def add(self, after: str, name: str, kind: str = "bpmn:UserTask") -> None:
        """Let something follow a step, by keyboard and from the list alone."""
        self.page.locator(f'[data-element="{after}"][data-role="add"]').press("Enter")
        self.page.get_by_label("種類").select_option(kind)
        self.page.get_by_label("步驟名稱").fill(name)
        self.page.keyboard.press("Enter")

    def press(self, act: str) -> None:
        """Press a button of the bar."""
        self.page.locator(f'[data-act="{act}"]').click()

    def run(self, script: str, *given: object):
        """Run a script with the library at hand."""
        return self.page.evaluate(f"async given => {{ {HANDS} {script} }}", list(given))


@pytest.fixture(scope="module")
def sessions(browser: Browser, address: str):
    """Sign a supervisor in once and hand the cookies out."""
    known: dict[str, StorageState] = {}

    def sign_in(login: str) -> StorageState:
        if login not in known:
            page = browser.new_page()
            page.goto(f"{address}/sign-in")
            page.locator('[name="login"]').fill(login)
            page.locator('[name="password"]').fill(PASSWORD)
            page.locator("main form").first.locator("button").first.click()
            page.wait_for_load_state()
            known[login] = page.context.storage_state()
            page.context.close()
        return known[login]

    return sign_in


@pytest.fixture
def editing(browser: Browser, address: str, draft_id: str, sessions):
    """Make supervisors who have signed in and open the diagram of the draft."""
    opened = []

    def make(login: str, width: int = 1280) -> Editor:
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, locale="zh-TW", storage_state=sessions(login))
        opened.append(context)
        return Editor(context.new_page(), f"{address}/drafts/{draft_id}/diagram")

    yield make
    for context in opened:
        context.close()


def stored(office: Application, draft_id: str, name: str = REPAIR) -> str:
    """Read a file of a draft."""
    with office.reading() as session:
        return queries.file(draft_id, name, session=session).content.decode()


def test_a_faulty_draft_is_marked_at_the_elements_that_are_wrong(editing, office, draft_id):
    supervisor = editing("supervisor1")
    supervisor.run("get('modeling').removeElements([at('f_onsite__record_onsite')])")
    supervisor.page.locator('input[name="mode"][value="expert"]').check()
    supervisor.choose("triage")
    supervisor.write("role-text", "nobody")
    supervisor.choose("f_gate_class__onsite")
    supervisor.page.get_by_role("button", name="改寫成條件式").click()
    supervisor.page.get_by_label("條件式（FEEL）").fill("=repair_class = ")
    expect(supervisor.page.locator(".condition-answer")).to_contain_text("無法解讀")

    supervisor.press("finish")

    expect(supervisor.part("check-state")).to_contain_text("項錯誤")
    assert {"onsite", "triage", "f_gate_class__onsite"} <= set(supervisor.run(MARKED))
    assert supervisor.page.url.endswith(f"/drafts/{draft_id}/diagram")
    supervisor.page.locator(".finding button", has_text="現場排除").first.click()
    assert supervisor.run("return get('selection').get().map(each => each.id)") == ["onsite"]
    assert supervisor.complaints == []


def test_two_supervisors_at_once_lose_no_work(editing, office, draft_id):
    first, second = editing("supervisor1"), editing("supervisor2")
    first.choose("triage")
    first.write("name", "分案派工")
    expect(first.part("state")).to_contain_text("已儲存")

    second.choose("onsite")
    second.write("name", "到場處理")
    expect(second.part("conflict-dialog")).to_contain_text("謝流程")
    second.part("compare").click()
    expect(second.part("differences")).to_contain_text("到場處理")
    second.part("later").click()
    second.page.reload()  # as after a crash: what was typed is still there
    second.wait()
    expect(second.part("note")).to_contain_text("已還原")
    expect(second.part("conflict-dialog")).to_be_visible()
    with second.page.expect_navigation(url=re.compile("/diagram")):
        second.part("branch").click()
    second.wait()

    own = re.search(r"/drafts/(\w+)/", second.page.url)[1]
    assert 'name="分案派工"' in stored(office, draft_id)
    assert 'name="到場處理"' in stored(office, own)
    assert "到場處理" not in stored(office, draft_id)
    assert [each for each in first.complaints + second.complaints if CONFLICT not in each] == []


def test_a_step_is_added_and_given_all_its_words_without_the_canvas(editing, office, draft_id):
    supervisor = editing("supervisor1", width=390)
    page = supervisor.page
    supervisor.add("triage", "電話聯絡住戶")
    supervisor.write("milestone", "將以電話與您聯絡")
    supervisor.pick("role", "property_manager")
    supervisor.pick("form", "repair/rebook")
    page.get_by_role("button", name="加上期限").click()
    supervisor.write("sla-0-amount", "1")
    supervisor.write("sla-0-basis", "內部設定")
    page.get_by_role("button", name="自行調整").click()
    page.get_by_role("button", name="移除第 2 列").click()
    page.get_by_text("英文", exact=True).click()
    supervisor.write("english-name", "Phone the resident")
    supervisor.add("triage", "三日未分案", "timer")
    supervisor.write("timer-text", "P3D")
    supervisor.pick("timer-calendar", "working-days")
    supervisor.press("save")
    expect(supervisor.part("state")).to_contain_text("已儲存")

    new = NEW_STEP.search(stored(office, draft_id))
    assert 'anju:milestone="將以電話與您聯絡"' in new[0]
    assert new[0].count("<anju:rung") == 4
    assert NEW_TIMER.search(stored(office, draft_id))
    assert '"電話聯絡住戶": "Phone the resident"' in stored(office, draft_id, "en.json")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert supervisor.complaints == []


def test_shipped_diagrams_survive_the_editor_and_ids_survive_changes(editing):
    supervisor = editing("supervisor1")
    inserted = supervisor.run(INSERT_AND_UNDO)
    replaced = supervisor.run(REPLACE_AND_COPY)
    written = {
        f"{package}.bpmn": supervisor.run(
            REWRITE, catalogue.read(package, f"{package}.bpmn").decode()
        )
        for package in catalogue.packages()
    }

    shown = {
        text: supervisor.run("const rows = editor.readRows(given[0]); " + AGAIN, text)
        for text in conditions()
    }

    assert inserted == [160, "lane_property_manager", True, True, 0, True]
    assert replaced[0] == "triage"
    assert replaced[1] != "triage"
    assert replaced[2:] == ["分案中", "2", None]
    for name, (text, warnings) in written.items():
        before = catalogue.read(name.removesuffix(".bpmn"), name)
        assert (name, list(compare_diagrams(before, text.encode())), warnings) == (name, [], [])
    assert len(written) == len(catalogue.packages())
    assert {text for text, again in shown.items() if again not in {None, text}} == set()
    assert sum(again is not None for again in shown.values()) > len(shown) / 2
    assert supervisor.complaints == []


def test_the_editor_speaks_chinese_and_the_page_is_accessible(editing):
    supervisor = editing("supervisor1")
    page, seen = supervisor.page, set()
    page.locator('input[name="mode"][value="expert"]').check()
    for element in ("triage", "repair_pool", "f_gate_b1__join_confirm", "classify", "b2_late"):
        supervisor.run("get('selection').select(at(given[0]))", element)
        supervisor.run("get('canvas').scrollToElement(given[0])", element)
        expect(page.locator(".bio-properties-panel-header-label")).to_be_visible()
        seen |= words_of(page)
    page.locator('[data-part="canvas"] .djs-context-pad .entry[data-action="replace"]').click()
    seen |= words_of(page)
    page.keyboard.press("Escape")
    supervisor.press("search")
    seen |= words_of(page)
    findings = violations(page)
    assert supervisor.run("return [...editor.missing]") == []
    assert english_in(seen) == set()
    assert findings == []
    assert page.locator(".bjs-powered-by").is_visible()


def conditions() -> set[str]:
    """Collect the conditions of all shipped diagrams."""
    roots = [
        etree.fromstring(catalogue.read(each, f"{each}.bpmn")) for each in catalogue.packages()
    ]
    return {each.text for root in roots for each in root.iter("{*}conditionExpression")}


def words_of(page: Page) -> set[str]:
    """Collect the texts and labels of the bar, the canvas' tools, the panel and the dialogs."""
    return set(page.evaluate(WORDS))


def english_in(texts: set[str]) -> set[str]:
    """Keep the texts that are English words: no Chinese in them, and no code of the model."""
    plain = {each for each in texts if re.fullmatch(r"[A-Z]?[a-z]+(?:[ -][A-Za-z]+)*[.…]?", each)}
    return {each for each in plain if each not in ENGLISH_ALLOWED}
