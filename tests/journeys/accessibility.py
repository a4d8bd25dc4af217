"""Whether a page keeps to WCAG 2.2 AA, as far as axe can tell, and fits its screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}

ELEMENTS = """() => [...new Set([...document.querySelectorAll('body *')].map(each =>
  [each.parentElement, each].map(one => [one.tagName, one.getAttribute('class'),
    ...['id', 'name', 'for', 'role', 'type'].map(name => one.getAttribute(name))].join(' '))
  .join(' > ')))]"""
"""Every element with its parent, by all that tells it from others but its text."""

_judged: set[tuple[int, str]] = set()
"""Width of the screen and element: what axe has read in this process."""


def violations(page: Page) -> list[str]:
    """List the rules that a page breaks, each with some of the elements."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}" for each in found]


def check_accessible(page: Page) -> None:
    """Have axe read a page, unless it has read all its elements, and nothing leave the screen."""
    page.wait_for_load_state()
    width = page.evaluate("innerWidth")
    shown = {(width, element) for element in page.evaluate(ELEMENTS)}
    if not shown <= _judged:
        assert violations(page) == [], page.url
        _judged.update(shown)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
