"""Merged repair cases: what the register says when the lead case is decided."""

from engine import queries as engine_queries
from housing.case_links import service, views
from housing.repairs import kpis


def test_a_merged_ticket_ends_with_its_lead_and_counts_once(house):
    lead, member = house.report(), house.report("resident2")
    with house.application.unit_of_work() as session:
        cases = [engine_queries.instance(each.instance_id, session) for each in (lead, member)]
        service.merge(
            cases[0],
            cases[1:],
            "同一管線",
            by=house.actor("officer1"),
            engine=house.application.engine,
            session=session,
            clock=house.clock,
        )
    house.close(lead.instance_id)
    house.application.follow_merged_cases()

    with house.application.reading() as session:
        ended = engine_queries.instance(member.instance_id, session)
        merger = views.lead_of(member.instance_id, session=session)
        figures = kpis.figures(session=session, now=house.clock.now())
    assert (ended.status, merger.state) == ("cancelled", "ended")
    assert merger.settled_reason == lead.number
    assert house.ticket(member.number).stage == "merged"
    assert (figures.tickets, figures.merged, figures.open) == (1, 1, 0)
