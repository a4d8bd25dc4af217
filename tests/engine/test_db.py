from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from engine.db import Database, to_json
from engine.tables import process_definition

pytestmark = pytest.mark.integration


def definition(deployed_at: datetime) -> dict[str, object]:
    return {
        "id": "d1",
        "key": "k",
        "version": 1,
        "name": "n",
        "content_hash": "h",
        "deployed_at": deployed_at,
        "deployed_by": "1",
    }


def test_an_instant_comes_back_aware_in_utc(database: Database):
    taipei = timezone(timedelta(hours=8))
    with database.unit_of_work() as session:
        session.execute(
            insert(process_definition), definition(datetime(2026, 3, 2, 9, tzinfo=taipei))
        )

    with database.reading() as session:
        read = session.scalar(select(process_definition.c.deployed_at))

    assert read == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert read.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(database: Database):
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  # naive on purpose

    with (
        pytest.raises(StatementError, match="naive datetime"),
        database.unit_of_work() as session,
    ):
        session.execute(insert(process_definition), definition(naive))


def test_what_was_rolled_back_leaves_nothing_behind(database: Database):
    row = definition(datetime(2026, 3, 2, tzinfo=UTC))

    with database.unit_of_work() as session:
        session.execute(insert(process_definition), row)
        session.rollback()

    with database.reading() as session:
        assert session.scalar(select(process_definition.c.id)) is None


def test_json_keeps_every_digit_of_a_number_and_writes_instants_as_text():
    written = to_json(
        {"whole": Decimal(3), "part": Decimal("0.1"), "at": datetime(2026, 3, 2, tzinfo=UTC)}
    )

    assert written == '{"whole":3,"part":"0.1","at":"2026-03-02T00:00:00+00:00"}'


def test_a_unit_of_work_inside_another_is_refused_instead_of_waiting_for_ever(database: Database):
    with (
        database.unit_of_work(),
        pytest.raises(RuntimeError, match="already"),
        database.unit_of_work(),
    ):
        pass


def test_after_a_look_the_database_knows_how_its_tables_are_filled(database: Database):
    with database.unit_of_work() as session:
        session.execute(insert(process_definition), definition(datetime(2026, 3, 2, tzinfo=UTC)))
    database.tend()

    known = text(
        "SELECT max(stat) FROM sqlite_stat1 WHERE tbl = :table"
        if database.is_sqlite
        else "SELECT CAST(reltuples AS integer) FROM pg_class WHERE relname = :table"
    )
    with database.reading() as session:
        rows = session.scalar(known, {"table": process_definition.name})

    assert str(rows).split()[0] == "1"
