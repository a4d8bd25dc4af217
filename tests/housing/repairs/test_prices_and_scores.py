"""The price of a quote is that of its day; a contractor's score says what it is made of."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.calendar import local_date
from housing.repairs import kpis, prices
from housing.repairs.errors import ConsumableNotFound, QuoteNotFromTable
from housing.repairs.models import RepairQuote
from housing.repairs.prices import NewPrice
from housing.repairs.rules import contractor_score, is_in_month, month_of
from tests.housing.repairs.conftest import TRIAGED

NEEDS_QUOTE = {**TRIAGED, "in_warranty": False, "in_table": False}


def set_price(house, price: int, *, days: int = 0) -> None:
    on = local_date(house.clock.now()) + timedelta(days=days)
    new = NewPrice(code="TAP", unit_price_twd=price, valid_from=on, reason="開口契約續約")
    with house.application.unit_of_work() as session:
        by = house.actor("officer1")
        prices.set_price(new, by=by, session=session, clock=house.clock)


def quote(price: int) -> dict[str, object]:
    line = {"item_code": "TAP", "item": "水龍頭", "quantity": 1, "unit_price": price}
    return {"lines": [line], "amount_twd": price}


def test_a_quote_uses_the_prices_of_the_day_on_which_it_was_asked_for(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", NEEDS_QUOTE)
    house.clock.advance(timedelta(days=1))
    set_price(house, 1300)

    with pytest.raises(QuoteNotFromTable):
        house.complete(reported.instance_id, "quote", "repair1", quote(1300))
    house.complete(reported.instance_id, "quote", "repair1", quote(1200))

    with house.application.reading() as session:
        assert session.scalars(select(RepairQuote.amount_twd)).all() == [1200]


def test_a_quote_asked_for_later_uses_the_new_price(house):
    set_price(house, 1300, days=1)
    house.clock.advance(timedelta(days=1))
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", NEEDS_QUOTE)

    house.complete(reported.instance_id, "quote", "repair1", quote(1300))

    with house.application.reading() as session:
        assert session.scalars(select(RepairQuote.amount_twd)).all() == [1300]


def test_of_two_prices_of_one_day_the_one_entered_last_counts(house):
    set_price(house, 1300)
    set_price(house, 1250)

    with house.application.reading() as session:
        item = prices.item("TAP", local_date(house.clock.now()), session=session)
        assert item.now.unit_price_twd == 1250
        assert [each.unit_price_twd for each in item.versions] == [1250, 1300, 1200]
        with pytest.raises(ConsumableNotFound):
            prices.item("GOLD", local_date(house.clock.now()), session=session)


@pytest.mark.parametrize(
    ("on_time", "first_time", "rating", "score"),
    [
        (1.0, 1.0, 5.0, 100),
        (0.0, 0.0, 1.0, 0),
        (0.5, 1.0, 3.0, 65),
        (0.5, None, None, 50),
        (1.0, 0.0, None, 62),
        (None, 1.0, 5.0, None),
    ],
)
def test_a_score_weighs_punctuality_first_repairs_and_ratings(on_time, first_time, rating, score):
    assert contractor_score(on_time=on_time, first_time=first_time, rating=rating) == score


@pytest.mark.parametrize(("penalties", "score"), [(1, 90), (3, 70), (11, 0)])
def test_each_penalty_costs_ten_points_of_a_score(penalties, score):
    assert contractor_score(on_time=1, first_time=1, rating=5, penalties=penalties) == score


def test_work_that_was_sent_back_costs_points(house):
    reported = house.report()
    house.close(reported.instance_id)
    other = house.report(place="廚房", category="appliance", text="爐具點不著火")
    visit = house.clock.now() + timedelta(days=1)
    house.complete(other.instance_id, "triage", "manager1", TRIAGED)
    done = {"work_outcome": "done", "what": "更換", "parts": [], "hours": 1, "cost_twd": 1}
    for result in (
        {"confirm_result": "return", "rework_reason": "仍點不著"},
        {"confirm_result": "close"},
    ):
        house.complete(other.instance_id, "b1_visit", "warranty1", {"visit_at": visit})
        house.complete(other.instance_id, "b1_repair", "warranty1", done)
        house.complete(other.instance_id, "confirm", "manager1", result)

    with house.application.reading() as session:
        score = kpis.score_of("WAR1", session=session, now=house.clock.now())

    assert score.figures.orders == 3
    assert score.first_time == pytest.approx(2 / 3)
    assert score.rating == 4
    assert score.score == 85  # 50 + 30 x 2/3 + 20 x 3/4


def test_a_month_is_that_of_taipei(house):
    house.report()
    now = house.clock.now()
    month = (local_date(now).year, local_date(now).month)

    with house.application.reading() as session:
        assert kpis.figures(month=month, session=session, now=now).tickets == 1
        assert kpis.figures(month=(2001, 1), session=session, now=now).tickets == 0
    assert month_of("2026-13") is None
    assert is_in_month(now, month)
