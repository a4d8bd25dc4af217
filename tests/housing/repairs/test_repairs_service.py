from datetime import timedelta

import pytest

from engine import queries as engine_queries
from engine.errors import MessageNotExpected
from housing.cases.queries import cases_of, steps_of, timeline, viewer_of
from housing.people.service import NewAccount, open_account
from housing.places.models import Residency
from housing.places.queries import units_in
from housing.repairs import kpis, queries, service
from housing.repairs.errors import ExtensionNotLater, NotYourOrder, NotYourReport, NotYourUnit

PAGE = "one page"
PHRASE = "a long phrase 1"
TRIAGED = {
    "is_duplicate": False,
    "broken": True,
    "simple": False,
    "human_cause": False,
    "in_warranty": True,
    "in_table": True,
    "finding": "墊片老化",
}


def test_a_report_gets_the_first_number_of_the_year_and_waits_for_triage(house):
    reported = house.report()

    assert reported.number == "R115-000001"
    assert set(house.open_tasks(reported.instance_id)) == {"triage"}
    assert house.report().number == "R115-000002"


@pytest.mark.integration
def test_the_same_page_sent_twice_makes_one_ticket(house_on, database_url):
    house = house_on(database_url)
    first = house.report(token=PAGE)
    second = house.report(token=PAGE)

    assert second.number == first.number
    assert (first.is_new, second.is_new) == (True, False)
    with house.application.reading() as session:
        assert queries.tickets(queries.TicketFilter(), session=session).total == 1


def test_nobody_learns_of_a_report_by_its_token(house):
    house.report(token=PAGE)

    with pytest.raises(NotYourReport):
        house.report("resident2", token=PAGE)


def test_personal_data_and_free_text_never_enter_the_process(house):
    reported = house.report(text="我家的水龍頭壞了", phone="0987654321")
    with house.application.reading() as session:
        variables = house.application.engine.variables(reported.instance_id, session)

    said = str(variables)
    assert "0987654321" not in said
    assert "水龍頭" not in said
    assert "林安安" not in said


def test_a_manager_of_another_community_cannot_report_for_a_home(house):
    with house.application.reading() as session:
        home = units_in("SW", session=session)[0]
    new = service.Report(token=PAGE, values={"where": "unit"}, unit_id=home.id)

    with pytest.raises(NotYourUnit), house.application.unit_of_work() as session:
        service.report(
            new,
            by=house.actor("manager2"),
            engine=house.application.engine,
            session=session,
            clock=house.clock,
        )


def test_a_resident_cannot_report_for_the_common_area_of_another_community(house):
    new = service.Report(token=PAGE, values={"where": "common"}, community="PX")

    with pytest.raises(NotYourUnit), house.application.unit_of_work() as session:
        service.report(
            new,
            by=house.actor("resident1"),
            engine=house.application.engine,
            session=session,
            clock=house.clock,
        )


def test_only_the_reporter_or_a_manager_takes_a_report_back(house):
    reported = house.report()
    cancel = service.cancel

    for stranger in ("resident2", "manager2", "warranty1"):
        with pytest.raises(NotYourReport), house.application.unit_of_work() as session:
            cancel(
                reported.number,
                by=house.actor(stranger),
                engine=house.application.engine,
                session=session,
            )
    with house.application.unit_of_work() as session:
        result = cancel(
            reported.number,
            by=house.actor("resident1"),
            engine=house.application.engine,
            session=session,
        )

    assert result.end_events == ("cancelled",)
    assert house.ticket(reported.number).stage == "cancelled"


def test_after_dispatch_a_report_stays(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    with pytest.raises(MessageNotExpected), house.application.unit_of_work() as session:
        service.cancel(
            reported.number,
            by=house.actor("resident1"),
            engine=house.application.engine,
            session=session,
        )


def test_an_extension_keeps_the_original_due_date(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    _ask_for_more_time(house, reported.number, "warranty1")
    granted = {"extension_decision": "granted", "opinion": "待料屬實"}
    house.complete(reported.instance_id, "decide_extension", "officer1", granted)

    with house.application.reading() as session:
        case = queries.case_summary(reported.number, session=session, now=house.clock.now())
    (order,) = case.orders
    (turn,) = case.turns
    assert order.is_extended
    assert order.due_at - order.original_due_at == timedelta(days=5)
    assert turn.due_at == order.due_at
    assert turn.original_due_at == order.original_due_at


def test_a_contractor_asks_for_more_time_only_for_his_own_order(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    with pytest.raises(NotYourOrder):
        _ask_for_more_time(house, reported.number, "repair1")


def test_the_same_trouble_within_thirty_days_goes_to_the_same_contractor(house):
    first = house.report()
    house.close(first.instance_id)
    house.clock.advance(timedelta(days=20))
    second = house.report()

    assert set(house.open_tasks(second.instance_id)) == {"b1_visit"}
    with house.application.reading() as session:
        case = queries.case_summary(second.number, session=session, now=house.clock.now())
    assert case.rework_of == first.number
    assert [order.contractor for order in case.orders] == ["WAR1"]


def test_after_thirty_days_or_in_another_category_it_is_a_new_repair(house):
    first = house.report()
    house.close(first.instance_id)
    other = house.report(category="door_window")
    house.clock.advance(timedelta(days=31))
    late = house.report()

    assert set(house.open_tasks(other.instance_id)) == {"triage"}
    assert set(house.open_tasks(late.instance_id)) == {"triage"}


def test_what_is_open_at_a_place_is_shown_before_reporting_again(house):
    house.report()
    home = house.report(category="door_window")
    unit_id = house.ticket(home.number).unit_id

    with house.application.reading() as session:
        same = queries.open_tickets_of_place("SW", unit_id, "water", session=session)
        everything = queries.open_tickets_of_place("SW", unit_id, None, session=session)
        common = queries.open_tickets_of_place("SW", None, None, session=session)

    assert [row.number for row in same] == ["R115-000001"]
    assert len(everything) == 2
    assert common == []


def test_residents_see_their_own_tickets_only(house):
    mine = house.report()
    house.report("resident2")

    with house.application.reading() as session:
        account_id = int(house.actor("resident1").id)
        rows = queries.my_tickets(account_id, session=session)
    assert [row.number for row in rows] == [mine.number]


def test_who_moves_in_later_does_not_see_the_reports_of_before(house):
    reported = house.report()
    with house.application.unit_of_work() as session:
        newcomer = open_account(
            NewAccount(
                login="newcomer",
                name="新住戶",
                password=PHRASE,
                memberships=(("resident", "community:SW"),),
            ),
            session=session,
            clock=house.clock,
        )
        _moves_in(newcomer, house.ticket(reported.number).unit_id, house, session)

    with house.application.reading() as session:
        assert cases_of(house.actor("newcomer"), session=session) == []


def test_a_list_can_be_narrowed(house):
    house.report()
    house.report("resident2", category="gas")
    wanted = queries.TicketFilter(scopes=frozenset({"community:PX"}), category="gas")

    with house.application.reading() as session:
        page = queries.tickets(wanted, session=session)
        nothing = queries.tickets(queries.TicketFilter(text="100%"), session=session)

    assert [row.community for row in page.rows] == ["PX"]
    assert nothing.total == 0


def test_figures_count_on_time_against_the_original_date(house):
    late, kept = house.report(), house.report(category="appliance")
    for reported in (late, kept):
        house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    _ask_for_more_time(house, late.number, "warranty1")
    granted = {"extension_decision": "granted", "opinion": "待料屬實"}
    house.complete(late.instance_id, "decide_extension", "officer1", granted)
    _repair(house, kept.instance_id)
    house.clock.advance(timedelta(days=9))
    _repair(house, late.instance_id)

    with house.application.reading() as session:
        figures = kpis.figures(session=session, now=house.clock.now())
    (contractor,) = figures.contractors
    assert (contractor.judged, contractor.on_time, contractor.on_time_extended) == (2, 0.5, 1.0)
    assert figures.triaged_in_time == 1.0


def test_a_closed_case_leaves_asset_history_a_rating_and_nothing_to_do(house):
    reported = house.report()
    house.close(reported.instance_id)

    with house.application.reading() as session:
        case = queries.case_summary(reported.number, session=session, now=house.clock.now())
        instance = engine_queries.instance(reported.instance_id, session)
    assert (case.ticket.stage, case.rating, case.turns) == ("closed", 4, ())
    assert {milestone.state for milestone in case.milestones} == {"done"}
    assert case.orders[0].parts == "墊片 1"
    assert instance.end_event == "closed"


def test_more_time_must_end_later_than_the_time_there_is(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    with pytest.raises(ExtensionNotLater):
        _ask_for_more_time(house, reported.number, "warranty1", days=0)


@pytest.mark.integration
def test_a_case_runs_and_reads_the_same_on_both_databases(house_on, database_url):
    house = house_on(database_url)
    first = house.report()
    house.close(first.instance_id)
    second = house.report()
    with house.application.reading() as session:
        case = queries.case_summary(second.number, session=session, now=house.clock.now())
        overdue = queries.TicketFilter(
            scopes=frozenset({"community:SW"}),
            text="水龍頭",
            contractor="WAR1",
            overdue_at=house.clock.now() + timedelta(days=30),
        )
        late = queries.tickets(overdue, session=session)
        figures = kpis.figures(scopes=["community:SW"], session=session, now=house.clock.now())
        viewer = viewer_of(
            house.actor("officer1"),
            engine_queries.instance(first.instance_id, session),
            session=session,
        )
        told = timeline(first.instance_id, viewer, session=session)
        steps = steps_of(first.instance_id, session=session)

    assert case.rework_of == first.number
    assert [row.number for row in late.rows] == [second.number]
    assert (figures.tickets, figures.open, figures.rating) == (2, 1, 4.0)
    assert told[0].kind == "started"
    assert {step.status for step in steps} == {"done", "skipped"}


def _ask_for_more_time(house, number, login, days=5):
    with house.application.reading() as session:
        case = queries.case_summary(number, session=session, now=house.clock.now())
    until = case.orders[0].original_due_at.date() + timedelta(days=days)
    with house.application.unit_of_work() as session:
        service.request_extension(
            number,
            {"until": until, "reason": "parts", "detail": "原廠缺料"},
            by=house.actor(login),
            engine=house.application.engine,
            session=session,
            clock=house.clock,
        )


def _repair(house, instance_id):
    visit = {"visit_at": house.clock.now()}
    house.complete(instance_id, "b1_visit", "warranty1", visit)
    done = {"work_outcome": "done", "what": "修好", "hours": 1, "cost_twd": 0}
    house.complete(instance_id, "b1_repair", "warranty1", done)


def _moves_in(account_id, unit_id, house, session):
    session.add(
        Residency(
            unit_id=unit_id,
            account_id=account_id,
            from_on=house.clock.now().date(),
            until_on=None,
        )
    )
