"""Two editors who save the same file in the same moment: one wins, the other is told."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.clock import SystemClock
from engine.db import metadata
from engine.types import SYSTEM, Actor
from housing import bootstrap, packages, settings
from housing.drafts import queries, service
from housing.drafts.errors import DraftConflict

pytestmark = pytest.mark.integration

BY = Actor(id="7", name="謝流程", groups=frozenset({("process_supervisor", "city")}))
NAME = "en.json"


@pytest.fixture
def house(tmp_path, database_url):
    given = {"ANJU_VAR": str(tmp_path), "ANJU_DATABASE_URL": database_url}
    application = bootstrap.build(settings.load(given))
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    yield application
    application.dispose()


def test_of_editors_who_save_at_once_exactly_one_wins(house):
    clock = SystemClock()
    with house.unit_of_work() as session:
        files = packages.resources("application_rolling")
        house.engine.deploy(files, by=SYSTEM, session=session)
        draft_id = service.begin(
            "app.rolling", title="同時", by=BY, session=session, clock=clock
        ).id

    def save(number: int) -> int:
        content = b'{"a": "%d"}' % number
        with house.unit_of_work() as session:
            try:
                service.save_file(
                    draft_id, NAME, content, revision=1, by=BY, session=session, clock=clock
                )
            except DraftConflict:
                return 0
        return number

    with ThreadPoolExecutor(max_workers=6) as pool:
        winners = [number for number in pool.map(save, range(1, 7)) if number]

    with house.reading() as session:
        saved = queries.file(draft_id, NAME, session=session)
    assert len(winners) == 1
    assert saved.content == b'{"a": "%d"}' % winners[0]
    assert saved.revision == 2
