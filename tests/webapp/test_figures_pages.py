"""Figures of applications and of care: what is counted, who sees it, the same as CSV."""

from datetime import timedelta

import pytest

from housing.applications import kpis
from housing.applications.models import (
    ApplicationFinding,
    ApplicationSupplement,
    CallRound,
    HousingApplication,
)
from housing.applications.rounds import NewRound, open_at_once
from housing.applications.rules import percentile
from housing.care import kpis as care_kpis
from housing.care.models import CareCase, CareReport, CareSheet, CareVisit
from housing.care.rules import bsrs_band
from housing.persons.models import Person


@pytest.fixture
def call(house, clock) -> str:
    """A call with six applications: two qualified, two rejected, one open, one withdrawn."""
    now = clock.now()
    with house.unit_of_work() as session:
        number = open_at_once(
            NewRound(kind="periodic", title="統計招租案", closes_at=now + timedelta(days=1)),
            session=session,
            clock=clock,
        ).number
        call_round = session.query(CallRound).filter_by(number=number).one()
        session.flush()
        facts = (
            ("qualified", "online", 0, 1, None),
            ("qualified", "online", 1, 14, None),
            ("rejected", "paper", 0, 100, "INCOME_OVER"),
            ("rejected", "online", 1, 14, "SUPPLEMENT_EXPIRED"),
            ("under_review", "online", 0, None, None),
            ("withdrawn", "paper", 0, 2, None),
        )
        for place, (state, channel, rounds, days, reason) in enumerate(facts):
            person = _person(place, now)
            session.add(person)
            session.flush()
            session.add(_application(call_round.id, person.id, place, now))
            session.flush()
            row = session.query(HousingApplication).filter_by(token=f"t{place}").one()
            row.state, row.channel, row.supplement_rounds, row.reason_code = (
                state,
                channel,
                rounds,
                reason,
            )
            row.decided_at = None if days is None else now + timedelta(days=days)
            row.used_mydata = place == 0
            session.add(_finding(row.id, "correct" if place == 0 else "confirm", now))
            if rounds:
                outcome = "answered" if state == "qualified" else "expired"
                session.add(
                    ApplicationSupplement(
                        idem=f"s{place}", application_id=row.id, sent_at=now, outcome=outcome
                    )
                )
    return number


def test_the_figures_of_a_call_are_counted_with_their_bases(call, house, clock):
    with house.reading() as session:
        found = kpis.figures(call, session=session, now=clock.now())
        everything = kpis.figures("", session=session, now=clock.now())

    assert (found.received, everything.received) == (6, 6)
    assert (found.online.part, found.online.base) == (4, 6)
    assert (found.mydata.part, found.mydata.base) == (1, 4)
    assert (found.complete.part, found.supplemented.part, found.complete.base) == (1, 2, 4)
    assert (found.answered.part, found.answered.base) == (1, 2)
    assert (found.on_time.part, found.on_time.base) == (3, 4)
    assert found.median_days == 10  # 14 days after a Monday: ten working days
    assert dict(found.rejections) == {"INCOME_OVER": 1, "SUPPLEMENT_EXPIRED": 1}
    assert found.defects == [("INCOME_OVER", 5)]
    assert (found.corrected.part, found.corrected.base) == (1, 6)
    assert (found.appeals_upheld.part, found.appeals_upheld.base) == (0, 2)


def test_the_page_and_its_csv_say_the_same(call, signed_in):
    officer = signed_in("officer1")
    page = officer.open(f"/applications/statistics?round={call}")
    sheet = officer.open(f"/applications/statistics.csv?round={call}")

    assert "67%（4／6）" in page.text
    assert "線上申請,0.667,6" in sheet.text
    assert signed_in("applicant1").open("/applications/statistics").status_code == 403
    assert officer.open("/applications/statistics?round=no-such").status_code == 200


def test_care_counts_visits_mood_and_reports_of_ones_own_communities(house, clock, signed_in):
    now = clock.now()
    with house.unit_of_work() as session:
        case = _care_case("SW", now)
        session.add(case)
        session.flush()
        for place, (result, score, late) in enumerate(
            (("met", 12, 0), ("not_met", None, 2), ("met", 4, 0))
        ):
            sheet = CareSheet(
                case_id=case.id,
                task_id=f"t{place}",
                form_key="x",
                values={},
                by_id="1",
                by_name="A",
                at=now,
            )
            session.add(sheet)
            session.flush()
            session.add(_visit(case.id, sheet.id, result, score, now - timedelta(days=3), late))
        session.add(_report("SW", now))
    clock.advance(timedelta(hours=1))
    with house.reading() as session:
        here = care_kpis.figures(["SW"], None, session=session, now=clock.now())
        elsewhere = care_kpis.figures(["PX"], None, session=session, now=clock.now())

    assert (here.planned, here.made, here.not_met, here.on_time) == (4, 2, 1, 2)
    assert (here.triaged, here.triaged_in_time) == (1, 1)
    assert dict(here.bands) == {"normal": 1, "light": 0, "medium": 1, "severe": 0}
    assert (here.reports, here.reports_on_time) == (1, 0)
    assert elsewhere.planned == 0
    assert "簡式健康量表分級" in signed_in("social1").open("/care/statistics").text
    assert signed_in("manager1").open("/care/statistics").status_code == 403
    assert "應訪視,4," in signed_in("chief1").open("/care/statistics.csv").text


def test_percentiles_are_values_that_stand_in_the_list():
    assert percentile([], 50) is None
    assert percentile([3, 1, 2], 50) == 2
    assert percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90) == 9
    assert [bsrs_band(score) for score in (0, 5, 6, 9, 10, 14, 15, 20)] == [
        *("normal", "normal", "light", "light", "medium", "medium", "severe", "severe")
    ]


def _person(place, now):
    return Person(
        name=f"申請人{place}",
        id_kind="citizen",
        national_id_sealed="",
        national_id_index=f"i{place}",
        national_id_masked="A12****789",
        born_on=now.date(),
        mobile="",
        email="",
        registered_address="",
        contact_address="",
        created_at=now,
    )


def _application(round_id, person_id, place, now):
    return HousingApplication(
        number=f"A115-9{place:05}",
        token=f"t{place}",
        round_id=round_id,
        person_id=person_id,
        channel="online",
        received_at=now,
        counts_at=now,
        state="submitted",
        state_at=now,
        household_class="general",
        agrees_general=False,
        room_type="1BR",
        city_link="registered",
        owns_home="none",
        income_month_person_twd=0,
        property_twd=0,
        other_subsidy=False,
        years_used=0,
        has_arrears=False,
        unborn=0,
        is_disabled=False,
        wishes=[],
        used_mydata=False,
        needs_second=False,
        supplement_rounds=0,
    )


def _finding(application_id, decision, now):
    return ApplicationFinding(
        application_id=application_id,
        key="INCOME_OVER",
        code="INCOME_OVER",
        kind="fatal",
        value="",
        limit="",
        source="",
        found_by="rule",
        found_at=now,
        decision=decision,
        is_open=False,
    )


def _care_case(community, now):
    return CareCase(
        number="K115-000001",
        community=community,
        unit_id=1,
        unit_code="SW-A-0301",
        open_unit_id=1,
        source="pm",
        opened_at=now - timedelta(days=10),
        state="visiting",
        level="high",
        flags=[],
        is_quiet=False,
        contact_way="phone",
        has_photo_consent=False,
        pm_advice=[],
        missed=0,
        triaged_at=now - timedelta(days=10),
        next_visit_at=now - timedelta(days=1),
    )


def _visit(case_id, sheet_id, result, score, due_at, late):
    return CareVisit(
        sheet_id=sheet_id,
        case_id=case_id,
        due_at=due_at,
        visited_at=due_at + timedelta(days=late),
        minutes=60,
        place="home",
        result=result,
        bsrs5=score,
        is_danger=False,
        by_id="1",
        by_name="A",
    )


def _report(community, now):
    return CareReport(
        number="M115-01-SW",
        community=community,
        month_on=now.date().replace(month=1, day=1),
        state="submitted",
        opened_at=now,
        due_at=now - timedelta(days=2),
        first_submitted_at=now,
        returned_count=0,
        return_reason="",
        days_late=2,
        figure_reason="",
        narrative="",
        next_month="",
        problems="",
        attachments=[],
    )
