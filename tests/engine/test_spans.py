"""How long something took, counted by both databases alike."""

from datetime import timedelta

import pytest
from sqlalchemy import literal, select

from engine.db import UTCDateTime
from engine.spans import seconds_between

pytestmark = pytest.mark.integration


def test_seconds_from_one_instant_to_another_are_exact_to_the_millisecond(database, clock):
    now = clock.now()
    later = literal(now + timedelta(days=3, milliseconds=250), UTCDateTime)
    with database.reading() as session:
        took = session.scalar(select(seconds_between(literal(now, UTCDateTime), later)))

    assert took == 3 * 86_400 + 0.25
