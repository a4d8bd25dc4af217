"""How fast the inbox of a large office is: what is read for a page, and the page itself."""

import tempfile
from collections.abc import Mapping, Sequence
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from flask.testing import FlaskClient

from engine.db import metadata
from housing import bootstrap, settings
from housing.demo import crowd
from housing.demo.crowd import Look, Told
from webapp.factory import create_app
from webapp.inbox_views import PAGE_SIZE, VIEWS
from webapp.sessions import COOKIE

REPEATS = 9
FAR = 100
"""The page that is looked at beside the first one."""

Row = Mapping[str, object]


def measure(url: str, tasks: int, told: Told) -> Sequence[Row]:
    """Measure on one empty database; tables are made there, and dropped again on a server."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"ANJU_VAR": folder, "ANJU_DATABASE_URL": url, "ANJU_SECRET_KEY": "x" * 40}
        application = bootstrap.build(settings.load(given))
        crowd.ensure_empty(application)
        try:
            token = crowd.found(application, tasks, told)
            client = create_app(application).test_client()
            client.set_cookie(COOKIE, token)
            looks = _looks(application)
            return [_measured(application, client, look, told, len(looks)) for look in looks]
        finally:
            if not application.database.is_sqlite:  # whose file is thrown away
                metadata.drop_all(application.database.engine)
            application.dispose()


def _looks(application: bootstrap.Application) -> Sequence[Look]:
    """List the first page and page FAR (or the last) of every view, then searches."""
    pages = [Look(view=view) for view in VIEWS]
    pages += [
        Look(view=view, page=crowd.last_page(application, view, FAR, PAGE_SIZE)) for view in VIEWS
    ]
    texts = (crowd.COMMON, crowd.RARE, "A-0305", "沒有這個詞")
    return [*pages, *(Look(view="all", text=text) for text in texts)]


def _measured(
    application: bootstrap.Application, client: FlaskClient, look: Look, told: Told, number: int
) -> Row:
    crowd.measure(application, look, 2)
    service_ms, total = crowd.measure(application, look, REPEATS)
    page_ms = _page_ms(client, look)
    told(f"{look.view} {look.page} {look.text}", number, number)
    return {
        "view": look.view,
        "page": look.page,
        "is_far": look.page > 1,
        "text": look.text,
        "length": total,
        "service_ms": round(service_ms, 1),
        "page_ms": round(page_ms, 1),
    }


def _page_ms(client: FlaskClient, look: Look) -> float:
    """Ask the web application for the page; its median, without the network."""
    query = urlencode({"view": look.view, "page": look.page, "q": look.text})
    spent = []
    for _ in range(REPEATS + 2):
        begun_at = perf_counter()
        answer = client.get(f"/tasks?{query}", buffered=True)
        spent.append(1000 * (perf_counter() - begun_at))
        if answer.status_code != 200:
            raise RuntimeError(f"the inbox answered {answer.status_code}")
    return median(spent[2:])
