"""A crawler of pages on a phone: words, console, width, letters at 200 %, keyboard, axe."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

from engine.db import metadata
from housing import bootstrap, settings
from housing.bootstrap import Application
from housing.demo import city
from housing.demo.accounts import PASSWORD
from tests import serving
from tests.journeys.accessibility import violations
from webapp.factory import create_app

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

FILES = re.compile(r"\.(csv|json|pdf|txt|xes|zip|js|xml|atom|ics|png|webmanifest)$")
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
    **dict.fromkeys(("Chrome", "Safari", "Linux"), "names of browsers and systems"),
    **dict.fromkeys(("https", "localhost"), "parts of an address"),
    **dict.fromkeys(("App", "Ctrl", "Alt", "Enter", "Tab", "Backspace"), "an app, and keys"),
    "Atom": "a format of feeds",
    "fork": "the id of a gateway without a name",
    **dict.fromkeys(("Powered", "by"), "the mark of bpmn.io, which its licence asks for"),
    "English": "the switch to the other language is in that language",
    "Anju": "the name of the product",
    "zip": "a kind of file",
    "Code": "a QR Code, which people call so",
    **dict.fromkeys(
        ("officer", "contractor", "resident", "until", "reason", "broken", "simple"),
        "names of fields and groups in the explanations of diagrams",
    ),
}

CASE_KIND = re.compile(r"/([A-Z]+-?)[A-Z]?\d")
"""How a number in an address begins: cases of another kind have another page."""

FEW = 4
"""With fewer new kinds of elements, a page that another role had is not read by axe again."""

ALIKE = (
    "handbooks.",
    "processes.",
    "deadlines.",
    "calendars.",
    "simulator.",
    "account.",
    "keys.",
    "news.",
)
"""How the endpoints begin whose pages are alike for all roles: the first that comes walks them."""

DIFFERENT = frozenset(
    {"home.index", "inbox.list_tasks", "inbox.show_task", "cases.show", "absences.list_absences"}
)
"""Pages that differ most from role to role."""

MOST_CONTROLS = 70
"""Longer pages are not walked with the Tab key to their end: so many controls of them are."""

WORDS = """() => {
  const apart = 'code, pre, kbd, samp, script, style, textarea, svg, .djs-container, ' +
    'body [lang]:not([lang^=zh])';
  const shown = [...document.body.querySelectorAll('*')].filter(each => !each.closest(apart));
  return [document.title, ...shown.flatMap(each => [
    ...[...each.childNodes].filter(one => one.nodeType === 3).map(one => one.data),
    ...['title', 'aria-label', 'placeholder', 'alt'].map(name => each.getAttribute(name))])]
    .filter(Boolean).map(each => each.trim()).filter(Boolean)
}"""
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map(each => each.href)"

STRUCTURE = """() => [...new Set([...document.querySelectorAll('body *')].map(each =>
  [each.parentElement, each].map(one =>
    `${one.tagName}.${one.className.baseVal ?? one.className}[${one.getAttribute('role') ?? ''}` +
    `${one.getAttribute('type') ?? ''}]`).join('>')))]"""
"""Every kind of element with its parent: what axe judges by."""

CUT_OFF = """() => {
  const cut = each => {
    const style = getComputedStyle(each);
    const hides = way => ['hidden', 'clip'].includes(style['overflow' + way]);
    if (each.clientWidth < 4 || each.clientHeight < 4 || style.clipPath !== 'none') return false;
    return (hides('X') && each.scrollWidth > each.clientWidth + 2) ||
      (hides('Y') && each.scrollHeight > each.clientHeight + 2);
  };
  const hasText = each => [...each.childNodes].some(one => one.nodeType === 3 && one.data.trim());
  const apart = 'svg, .djs-container, textarea, .visually-hidden, script, style';
  return [...document.body.querySelectorAll('*')]
    .filter(each => hasText(each) && !each.closest(apart) && each.checkVisibility() && cut(each))
    .map(each => each.outerHTML.slice(0, 100))
}"""
"""Elements whose own text does not fit and is not shown."""

BEGIN_WALK = """most => {
  const controls = 'a[href], button, input, select, textarea, summary, [role=button], [tabindex]';
  const apart = '.djs-container, [role=menu], [role=listbox], [role=grid]';
  const first = {};
  const isOne = each => each.type === 'radio' ? (first[each.name] ??= each) === each : true;
  const shown = [...document.querySelectorAll(controls)].filter(each =>
    each.checkVisibility({ visibilityProperty: true }) && !each.matches(':disabled') &&
    !each.closest(apart) && each.type !== 'hidden' && each.getAttribute('tabindex') !== '-1' &&
    !each.closest('[inert], details:not([open]) > :not(summary)') && isOne(each));
  window.walked = new Set();
  window.wanted = shown.slice(0, most);
  document.addEventListener('focusin', event => {
    window.walked.add(event.target);
    if (event.target.type === 'radio')
      document.getElementsByName(event.target.name).forEach(each => window.walked.add(each));
  });
  document.activeElement?.blur();
  window.getSelection().removeAllRanges();
  window.scrollTo(0, 0);
  return window.wanted.length
}"""
END_WALK = """() => window.wanted.filter(each => !window.walked.has(each))
  .map(each => each.outerHTML.slice(0, 120))"""


@dataclass(kw_only=True, slots=True)
class Crawler:
    """Walks the pages of one person after the other, each kind of page once a person.

    Attributes:
        seen: endpoints whose page was walked, by anybody.
        faults: what is wrong, each with who walked and the address.
        judged: the kinds of elements that axe has read.
        seen_by_anybody: the kinds of pages that were walked.
    """

    page: Page
    url: str
    app: Flask
    application: Application
    who: str = ""
    sees_all_anew: bool = True
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    seen_by_anybody: set[str] = field(default_factory=set)
    _walked: set[str] = field(default_factory=set)

    def listen(self) -> None:
        """Keep what the browser complains about."""
        page = self.page
        page.on("console", lambda m: self.console.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    def sign_in(self, login: str, *, sees_all_anew: bool = True) -> None:
        """Sign in as somebody else.

        Args:
            login: of the demo city.
            sees_all_anew: he walks every kind of page anew; else those that differ by role, and
                those that nobody walked before.
        """
        self.leave()
        self.who, self.sees_all_anew = login, sees_all_anew
        self.page.goto(f"{self.url}/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form button.btn-primary").first.click()
        self.page.wait_for_load_state()

    def leave(self) -> None:
        """Be a stranger."""
        self.page.context.clear_cookies()
        self._walked.clear()
        self.who = "stranger"

    def walk(self, *begin: str) -> None:
        """Walk these pages and whatever they lead to."""
        waiting = [(link, address) for address in begin for link in self._visit(address)]
        for address, source in waiting:
            if self._is_new(address):
                waiting.extend((link, address) for link in self._visit(address, source))

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

    def _kind(self, address: str) -> str:
        found = CASE_KIND.search(urlsplit(address).path)
        return f"{self.endpoint(address)} {found[1] if found else ''}"

    def _is_new(self, address: str) -> bool:
        found = self.endpoint(address)
        is_alike = found.startswith(ALIKE) if self.sees_all_anew else found not in DIFFERENT
        walked = self.seen_by_anybody if is_alike else self._walked
        return bool(found) and self._kind(address) not in walked

    def _visit(self, address: str, source: str = "") -> list[str]:
        page = self.page
        answer = page.goto(self.url + address)
        page.wait_for_load_state()
        self.seen |= {self.endpoint(address), self.endpoint(page.url)}
        kinds = {self._kind(address), self._kind(page.url)}
        is_first = not kinds <= self.seen_by_anybody
        self._walked |= kinds
        self.seen_by_anybody |= kinds
        found = self._faults(answer.status, is_first=is_first)
        place = f"{self.who} {address}" + (f" (from {source})" if source else "")
        self.faults.extend(f"{place}: {fault}" for fault in found)
        self.console.clear()
        links = [each for each in page.evaluate(LINKS) if each.startswith(self.url)]
        found = [each.removeprefix(self.url) for each in links]
        is_of_others = self.endpoint(page.url).startswith("simulator.")  # messages to anybody
        return [each for each in found if not (is_of_others and each.startswith("/cases/"))]

    def _faults(self, status: int, *, is_first: bool) -> Iterator[str]:
        if status != 200:
            yield f"answers {status}"
            return
        yield from self.console
        for text in self.page.evaluate(WORDS):
            if english := english_in(text):
                yield f"says {', '.join(english)} in {text[:90]!r}"
        if (width := self._width()) > PHONE["width"]:
            yield f"is {width} wide"
        has_editor = bool(self.page.locator("#diagram-editor").count())
        structure = set(self.page.evaluate(STRUCTURE))
        is_known = len(structure - self.judged) < (1 if is_first else FEW)
        self.judged |= structure
        if is_known:
            return
        if not has_editor:  # a large drawing; axe reads it in the journey of the diagram editor
            yield from (f"axe {each}" for each in violations(self.page))
            yield from self._unreachable()
        yield from self._cut_off()

    def _width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def _unreachable(self) -> Iterator[str]:
        """Press Tab from the top of the page: every control must get the focus on the way."""
        count = self.page.evaluate(BEGIN_WALK, MOST_CONTROLS)
        missing, rounds = [""], 0
        while missing and rounds < 5:  # a date takes several presses
            for _ in range(count + 3 if rounds == 0 else 10):
                self.page.keyboard.press("Tab")
            missing, rounds = self.page.evaluate(END_WALK), rounds + 1
        for control in missing:
            yield f"has no way with the keyboard to {control}"

    def _cut_off(self) -> Iterator[str]:
        """Double the letters on a desk's screen: nothing may be cut off or leave the screen."""
        page = self.page
        page.set_viewport_size(DESK)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if (width := self._width()) > DESK["width"]:
            yield f"is {width} wide with letters at 200 %"
        for element in page.evaluate(CUT_OFF):
            yield f"cuts off letters at 200 %: {element}"
        page.set_viewport_size(PHONE)


def crawl_city(browser: Browser, folder: Path) -> Iterator[Crawler]:
    """Serve the demo city without a scheduler, so that nothing changes while it is walked."""
    given = {"ANJU_VAR": str(folder), "ANJU_DEMO": "1", "ANJU_SECRET_KEY": "x" * 40}
    application = bootstrap.build(settings.load(given))
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    city.load(application)
    app = create_app(application)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    context = browser.new_context(viewport=PHONE, locale="zh-TW")
    made = Crawler(
        page=context.new_page(),
        url=f"http://127.0.0.1:{server.effective_port}",
        app=app,
        application=application,
    )
    made.listen()
    yield made
    context.close()
    serving.stop(server, thread)
    application.dispose()


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
