"""Make docs/screenshots anew: serve a fresh demo city and photograph its main pages.

Run by `make screenshots`. Give a folder to keep every page of every role instead of the few of the
README: `python tools/screenshots.py --all FOLDER [URL]`.
"""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from housing.demo.accounts import PASSWORD

ROOT = Path(__file__).parents[1]
WIDTHS = (390, 1280)
PICTURE_WIDTH = 960

GUIDE_PAGES = (  # of webapp/static/guides: name, login, address, width
    ("home", "resident1", "/", 390),
    ("inbox", "manager1", "/tasks?view=team", 1280),
    ("case", "officer1", "/cases/{case}", 1280),
    ("team", "chief1", "/team", 1280),
)
LANGUAGES = {"zh": "zh_Hant_TW", "en": "en"}
"""Mark of a picture of a guide to its language."""

README_PAGES = (  # name, login, address, width
    ("home-resident", "resident1", "/", 390),
    ("report", "resident1", "/repairs/new", 390),
    ("apply", "applicant1", "/apply/Q115-01", 390),
    ("my-lease", "resident1", "/my-lease", 390),
    ("home", "officer1", "/", 1280),
    ("inbox", "manager1", "/tasks?view=team", 1280),
    ("case", "officer1", "/cases/{case}", 1280),
    ("service-levels", "officer1", "/cases/R115-000009/clocks", 1280),
    ("application", "officer1", "/cases/A115-000001", 1280),
    ("care-panel", "sociallead1", "/care", 1280),
    ("move-outs", "officer1", "/move-outs", 1280),
    ("processes", "supervisor1", "/processes/repair.ticket/1", 1280),
    ("changes", "supervisor2", "/drafts/{draft}/changes", 1280),
    ("diagram-editor", "supervisor1", "/drafts/{draft}/diagram", 1280),
    ("insight", "supervisor1", "/processes/repair.ticket/insight", 1280),
    ("team", "chief1", "/team", 1280),
    ("announcements", "officer1", "/announcements/office", 1280),
    ("news-resident", "resident1", "/announcements", 390),
    ("sign-up", "", "/sign-up", 390),
)
LISTS = {"case": "/repairs", "task": "/tasks?view=team", "draft": "/drafts"}
"""What stands for an open case, task or draft: the first link of this list."""

KINDS = {"case": "cases", "task": "tasks", "draft": "drafts"}
"""How the addresses of that list's links begin."""

ALL_PAGES = {
    "resident1": ("/", "/repairs/new", "/repairs", "/tasks", "/cases/{case}", "/simulator"),
    "manager1": ("/", "/tasks", "/tasks?view=team", "/repairs", "/cases/{case}", "/tasks/{task}"),
    "warranty1": ("/", "/tasks?view=team", "/repairs", "/tasks/{task}"),
    "officer1": ("/", "/tasks?view=team", "/cases/{case}", "/tasks/{task}", "/processes"),
    "chief1": ("/", "/tasks?view=team", "/tasks/{task}"),
    "supervisor1": ("/", "/processes", "/processes/repair.ticket/1", "/operations", "/calendars"),
    "admin1": ("/", "/operations"),
}  # fmt: skip


@contextmanager
def served() -> Iterator[str]:
    """Serve a fresh demo city on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "webapp.cli", "serve", "--demo", "--port", str(port)]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={"ANJU_VAR": folder, "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            for line in process.stdout or ():
                if "serves at" in line:
                    break
            yield f"http://127.0.0.1:{port}"
            process.terminate()


def signed_in(browser: Browser, url: str, login: str, width: int) -> Page:
    """Open a page of this width in which somebody has signed in; without a login a stranger."""
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-TW")
    page = context.new_page()
    if not login:
        return page
    page.goto(f"{url}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_load_state()
    return page


def photograph(page: Page, url: str, address: str, file: Path, *, is_whole: bool) -> None:
    """Open an address, fill in an open case or task, and keep the picture."""
    wanted = re.search(r"{(\w+)}", address)
    if wanted is not None:
        page.goto(url + LISTS[wanted[1]])
        kind = KINDS[wanted[1]]
        main = page.locator("main").inner_html()
        found = re.search(rf'href="/{kind}/([^"?/]+)', main)
        if found is None:
            return
        address = address.replace(wanted[0], found[1])
    page.goto(url + address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=is_whole)


def main(arguments: list[str]) -> None:
    """Make the pictures of the README, or of everything."""
    if arguments[:1] == ["--all"]:
        _everything(Path(arguments[1]), arguments[2] if len(arguments) > 2 else None)
        return
    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with served() as url, chromium() as browser:
        for name, login, address, width in README_PAGES:
            page = signed_in(browser, url, login, width)
            photograph(page, url, address, folder / f"{name}-{width}.png", is_whole=False)
        _guides(browser, url)


def _guides(browser: Browser, url: str) -> None:
    """Make the pictures of the guides, small and in both languages."""
    folder = ROOT / "webapp" / "static" / "guides"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        for name, login, address, width in GUIDE_PAGES:
            page = signed_in(browser, url, login, width)
            for mark, language in LANGUAGES.items():
                other = page.locator(f"button[name=language][value={language}]")
                if other.count():  # the page offers the languages that it does not speak now
                    other.first.click()
                    page.wait_for_load_state()
                raw = Path(kept) / f"{name}.png"
                photograph(page, url, address, raw, is_whole=False)
                with Image.open(raw) as picture:
                    picture.thumbnail((PICTURE_WIDTH, PICTURE_WIDTH))
                    picture.save(folder / f"{name}.{mark}.webp", quality=70)


def _everything(folder: Path, url: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with served() if url is None else _given(url) as address, chromium() as browser:
        for login, pages in ALL_PAGES.items():
            for width in WIDTHS:
                page = signed_in(browser, address, login, width)
                for each in pages:
                    name = re.sub(r"\W+", "_", each).strip("_") or "home"
                    file = folder / f"{login}-{name}-{width}.png"
                    photograph(page, address, each, file, is_whole=True)


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, else Playwright's own."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
