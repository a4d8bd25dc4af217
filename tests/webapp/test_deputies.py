"""Deputies: what is checked when they are set, what they may do, what is handed back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine import queries as engine_queries
from engine.sla import Rung
from housing.deputies import acting, conflicts, errors, queries, reminders, report, service
from housing.deputies.rules import Deputy, Period
from housing.deputies.service import Entry
from housing.deputies.standing import standing_at
from housing.move_outs.errors import SamePersonChecks
from housing.notices.queries import notices_of
from housing.people import memberships
from housing.people import queries as people
from housing.records.service import take_in

SETTLEMENT = Path(__file__).parent / "checked_settlement.bpmn"
DAY = timedelta(days=1)


@pytest.fixture
def actor(house):
    def find(login):
        with house.reading() as session:
            return people.account_by_login(login, session=session).actor

    return find


@pytest.fixture
def away(house, clock, actor):
    """Enter that somebody is away from now for some days, and who stands in."""

    def enter(login, *deputies, by=None, starts=0, days=5, groups=()):
        entry = Entry(
            person_id=actor(login).id,
            period=Period(
                from_at=clock.now() + starts * DAY, until_at=clock.now() + (starts + days) * DAY
            ),
            reason="leave",
            deputies=tuple(
                Deputy(person_id=actor(each).id, groups=frozenset(groups)) for each in deputies
            ),
        )
        with house.unit_of_work() as session:
            return service.enter(entry, by=actor(by or login), session=session, clock=clock)

    return enter


@pytest.fixture
def settlement(house, clock, actor):
    """A case whose second step wants another pair of eyes; it waits at its first."""
    with house.unit_of_work() as session:
        by = actor("officer1")
        house.engine.deploy(
            {"lease.move_out.bpmn": SETTLEMENT.read_bytes()}, by=by, session=session
        )
        started = house.engine.start(
            "lease.move_out", {}, business_key="X-1", scope="city", by=by, session=session
        )
    return started.instance_id


@pytest.fixture
def task_of(house):
    """Read the open task of a case."""

    def find(instance_id):
        with house.reading() as session:
            found = engine_queries.tasks_of(instance_id, session)
            return next(each for each in found if each.state == "open")

    return find


@pytest.fixture
def act(house, clock, task_of):
    """Do a verb of the engine on the open task of a case, as the person may act now."""

    def do(verb, instance_id, who, *args):
        task = task_of(instance_id)
        with house.unit_of_work() as session:
            by = acting.acting_for(task, who, session=session, at=clock.now())
            return getattr(house.engine, verb)(task.id, *args, by=by, session=session)

    return do


@pytest.fixture
def third_officer(house, actor):
    """The chief is an officer too, so that there are three of them."""
    with house.unit_of_work() as session:
        memberships.give(int(actor("chief1").id), "officer", "city", session=session)
    return actor("chief1")


def deputies_tasks(house, clock, who):
    with house.reading() as session:
        return queries.tasks_stood_in_for(session, who.id, clock.now())


def test_a_deputy_sees_claims_and_completes_for_the_absent_person(
    house, clock, actor, away, settlement, task_of, act
):
    officer, deputy = actor("officer1"), actor("officer2")
    act("claim", settlement, officer)
    absence = away("officer1", "officer2")
    assert deputies_tasks(house, clock, deputy) == (task_of(settlement).id,)

    act("claim", settlement, deputy)
    act("complete", settlement, deputy, {})

    with house.reading() as session:
        lines = engine_queries.history_of(settlement, session)
        found = report.hand_back_report(absence, session=session)
    done = next(each for each in lines if each.kind == "task_completed")
    assert (done.actor_id, done.on_behalf_of) == (deputy.id, officer.id)
    assert [(each.kind, each.actor_id) for each in found.acts] == [
        ("task_claimed", deputy.id),
        ("task_completed", deputy.id),
    ]


def test_what_a_deputy_gives_back_goes_to_whoever_held_it_before(
    house, clock, actor, away, settlement, task_of, act
):
    officer, deputy = actor("officer1"), actor("officer2")
    act("claim", settlement, officer)
    away("officer1", "officer2")

    act("claim", settlement, deputy)
    act("unclaim", settlement, deputy)

    assert task_of(settlement).assignee == officer.id
    assert task_of(settlement).on_behalf_of is None
    assert deputies_tasks(house, clock, deputy) == (task_of(settlement).id,)

    act("unclaim", settlement, officer)
    assert task_of(settlement).assignee is None


def test_a_task_that_an_absent_person_gets_shows_to_the_deputy_at_once_and_only_then(
    house, clock, actor, away, settlement, task_of, act
):
    deputy, officer = actor("officer2"), actor("officer1")
    away("officer1", "officer2", days=2)
    assert deputies_tasks(house, clock, deputy) == ()

    with house.unit_of_work() as session:
        house.engine.assign(
            task_of(settlement).id,
            officer.id,
            officer.name,
            reason="專長",
            by=actor("chief1"),
            session=session,
        )
    assert deputies_tasks(house, clock, deputy) == (task_of(settlement).id,)

    clock.advance(3 * DAY)
    assert deputies_tasks(house, clock, deputy) == ()


def test_whoever_drew_up_does_not_check_as_a_deputy_and_the_next_one_does(
    house, clock, actor, away, settlement, third_officer, task_of, act
):
    deputy, absent = actor("officer2"), actor("officer1")
    act("complete", settlement, deputy, {})
    act("claim", settlement, absent)
    away("officer1", "officer2", "chief1")

    with pytest.raises(SamePersonChecks):
        act("claim", settlement, deputy)

    assert deputies_tasks(house, clock, deputy) == ()
    assert deputies_tasks(house, clock, third_officer) == (task_of(settlement).id,)
    act("complete", settlement, third_officer, {})


def test_nobody_checks_what_was_drawn_up_on_his_behalf_nor_for_whom_he_drew_it_up(
    house, actor, away, settlement, third_officer, task_of, act
):
    act("claim", settlement, actor("officer1"))
    away("officer1", "officer2")
    act("claim", settlement, actor("officer2"))
    act("complete", settlement, actor("officer2"), {})

    task = task_of(settlement)
    with house.reading() as session:
        for each in (actor("officer1"), actor("officer2")):
            with pytest.raises(SamePersonChecks):
                conflicts.demand_unbiased(task, each, session=session)
        conflicts.demand_unbiased(task, third_officer, session=session)
        for_him = replace(third_officer, on_behalf_of=actor("officer2").id)
        with pytest.raises(SamePersonChecks):
            conflicts.demand_unbiased(task, for_him, session=session)


def test_a_party_of_the_case_is_refused_and_the_next_deputy_sees_it(
    house, clock, actor, away, settlement, third_officer, task_of, act
):
    deputy = actor("officer2")
    act("claim", settlement, actor("officer1"))
    away("officer1", "officer2", "chief1")
    with pytest.raises(errors.NotFirstDeputy) as refusal:
        act("claim", settlement, third_officer)
    assert refusal.value.deputy_name == deputy.name

    with house.unit_of_work() as session:
        take_in(settlement, f"account:{deputy.id}", "household", session=session)

    with pytest.raises(errors.DeputyIsParty):
        act("claim", settlement, deputy)
    assert deputies_tasks(house, clock, third_officer) == (task_of(settlement).id,)


def test_a_chain_leads_to_the_deputy_of_a_deputy_who_is_away(
    house, clock, actor, away, third_officer
):
    away("officer1", "officer2")
    away("officer2", "chief1")

    with house.reading() as session:
        standing = standing_at(clock.now(), session=session)
        line = standing.line(actor("officer1").id)

    stood_in = standing.stood_in_for(third_officer.id)
    assert set(stood_in) == {actor("officer1").id, actor("officer2").id}
    assert [each.person_id for each in line] == [third_officer.id]


def test_unclaimed_tasks_of_a_group_without_anybody_else_are_covered_too(
    house, clock, actor, away, reported, task_of, act
):
    deputy, tap = actor("manager2"), reported().instance_id
    with house.unit_of_work() as session:
        memberships.give(int(deputy.id), "property_manager", "city", session=session)
    assert deputies_tasks(house, clock, deputy) == ()
    away("manager1", "manager2")

    assert deputies_tasks(house, clock, actor("manager2")) == (task_of(tap).id,)
    claimed = act("claim", tap, actor("manager2"))

    assert claimed.on_behalf_of == actor("manager1").id


def test_a_reminder_reaches_the_deputy_beside_the_absent_person(
    house, clock, actor, away, settlement, task_of, act
):
    act("claim", settlement, actor("officer1"))
    away("officer1", "officer2")
    task = replace(task_of(settlement), due_at=clock.now())

    with house.unit_of_work() as session:
        rung = Rung(task=task, level="day_before", due_at=clock.now(), notify=("doer",))
        reminders.on_rung(rung, session=session, clock=clock)

    with house.reading() as session:
        told = {
            login: [each.subject for each in notices_of(int(actor(login).id), session=session)]
            for login in ("officer1", "officer2", "chief1")
        }
    assert any("即將到期" in each for each in told["officer1"])
    assert any("即將到期" in each for each in told["officer2"])
    assert told["chief1"] == []


def test_rights_are_checked_when_the_deputy_is_named(away, actor):
    with pytest.raises(errors.DeputyLacksRightThere) as refusal:
        away("manager1", "manager2")

    assert (refusal.value.role, refusal.value.name) == ("property_manager", actor("manager2").name)
    with pytest.raises(errors.DeputyLacksRight):
        away("officer1", "finance1")
    with pytest.raises(errors.DeputyUnfit):
        away("officer1", "officer1")
    with pytest.raises(errors.NotAWorker):
        away("resident1", "officer1")


def test_circles_and_overlaps_are_refused_with_names_and_days(away, actor):
    away("officer1", "officer2")
    with pytest.raises(errors.DeputyCycle) as refusal:
        away("officer2", "officer1", starts=2)
    names = [actor(each).name for each in ("officer2", "officer1", "officer2")]
    assert refusal.value.way == " → ".join(names)
    with pytest.raises(errors.AbsenceOverlaps):
        away("officer1", "officer2", starts=3)
    away("officer2", "officer1", starts=6)


def test_only_the_person_the_lead_the_chief_and_administrators_enter_an_absence(away):
    with pytest.raises(errors.AbsenceNotYours):
        away("officer1", "officer2", by="officer2")

    assert away("officer1", "officer2", by="chief1", days=1)
    assert away("officer1", "officer2", by="admin1", starts=2, days=1)


def test_coming_back_sends_the_report_once_and_the_scheduler_none_more(
    house, clock, actor, away, settlement, act
):
    act("claim", settlement, actor("officer1"))
    early = away("officer1", "officer2")
    act("claim", settlement, actor("officer2"))
    clock.advance(DAY)

    with house.unit_of_work() as session:
        service.come_back(early, by=actor("officer1"), session=session, clock=clock)
    with house.unit_of_work() as session:
        assert service.report_ended(session=session, clock=clock) == 0

    with house.reading() as session:
        found = report.hand_back_report(early, session=session)
        kinds = [each.kind for each in queries.events_of(early, session=session)]
        told = notices_of(int(actor("officer1").id), session=session)
    assert [each.assignee for each in found.claimed] == [actor("officer2").id]
    assert kinds == ["entered", "ended_early", "reported"]
    assert sum("交還清單" in each.subject for each in told) == 1


def test_a_deputy_who_is_replaced_or_had_nothing_to_do_is_told_that_it_is_over(
    house, clock, actor, away, third_officer
):
    def relieved(who):
        with house.reading() as session:
            told = notices_of(int(who.id), session=session)
        return sum("您不再代理" in each.subject for each in told)

    absence = away("officer1", "officer2")
    replaced = service.Entry(
        person_id=actor("officer1").id,
        period=Period(from_at=clock.now(), until_at=clock.now() + 2 * DAY),
        reason="leave",
        deputies=(Deputy(person_id=third_officer.id),),
    )
    with house.unit_of_work() as session:
        service.change(absence, replaced, by=actor("officer1"), session=session, clock=clock)
    assert (relieved(actor("officer2")), relieved(third_officer)) == (1, 0)

    clock.advance(DAY)
    with house.unit_of_work() as session:
        service.come_back(absence, by=actor("officer1"), session=session, clock=clock)
    assert (relieved(actor("officer2")), relieved(third_officer)) == (1, 1)


def test_an_absence_that_ran_out_is_reported_once(house, clock, actor, away):
    away("officer1", "officer2", days=1)
    clock.advance(2 * DAY)

    def run():
        with house.unit_of_work() as session:
            return service.report_ended(session=session, clock=clock)

    assert [run(), run()] == [1, 0]
