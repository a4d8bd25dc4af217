"""Insight into a process: figures as page and CSV, event log as XES, simulation of a draft."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from lxml import etree

from engine.deployments import content_hash
from engine.types import CITY, SYSTEM
from housing import background_kinds
from housing.drafts import queries as drafts
from housing.drafts import service as drafting
from housing.insight import queries
from housing.insight.assumptions import Assumptions
from housing.people import queries as people
from tests.scenario_runs import note_fit
from webapp.cli.insight import export_xes, simulate

KEY = "letter.check"
INSIGHT = f"/processes/{KEY}/insight"
XES = "{http://www.xes-standard.org/}"
CASES = 7
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:anju="https://anju.example.org/schema/1.0"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">
  <bpmn:process id="letter.check" name="來文查核" isExecutable="true">
    <bpmn:startEvent id="came" name="來文"/>
    <bpmn:sequenceFlow id="f1" sourceRef="came" targetRef="check"/>
    <bpmn:userTask id="check" name="查核" camunda:candidateGroups="officer">
      <bpmn:extensionElements>
        <anju:sla id="check_2d" name="查核" amount="2" unit="calendar_days" ladder="quiet"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="done"/>
    <bpmn:endEvent id="done" name="結案"/>
  </bpmn:process>
</bpmn:definitions>"""
MORE = DIAGRAM.replace('targetRef="done"/>', 'targetRef="phone"/>').replace(
    '<bpmn:endEvent id="done"',
    '<bpmn:userTask id="phone" name="電話聯絡" camunda:candidateGroups="officer"/>'
    '<bpmn:sequenceFlow id="f3" sourceRef="phone" targetRef="done"/><bpmn:endEvent id="done"',
)


@pytest.fixture
def history(house, clock) -> list[str]:
    """Letters that came one a day and were checked a day later, but for one that took a week."""
    with house.unit_of_work() as session:
        house.engine.deploy({"letter.bpmn": DIAGRAM.encode()}, by=SYSTEM, session=session)
    found = []
    for number in range(CASES):
        with house.unit_of_work() as session:
            officer = people.account_by_login("officer1", session=session).actor
            started = house.engine.start(
                KEY, {}, business_key=f"L-{number}", scope=CITY, by=SYSTEM, session=session
            )
        task = started.open_tasks[0]
        with house.unit_of_work() as session:
            house.engine.claim(task.id, by=officer, session=session)
        clock.advance(timedelta(days=7 if number == CASES - 1 else 1))
        with house.unit_of_work() as session:
            for job in house.engine.due_jobs(session, clock.now(), 10):
                house.engine.fire(job.id, session=session)
        with house.unit_of_work() as session:
            house.engine.complete(task.id, {}, by=officer, session=session)
        found.append(started.instance_id)
    return found


@pytest.fixture
def supervisor(signed_in):
    return signed_in("supervisor1")


def table(browser, name: str) -> list[list[str]]:
    """Download a table of figures."""
    answer = browser.open(f"{INSIGHT}/{name}.csv")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_page_shows_durations_a_warning_for_few_cases_and_no_name(history, supervisor):
    page = supervisor.open(INSIGHT).text

    assert "案件數不足。" in page
    assert "查核" in page
    assert "city:0" in page
    assert "L-0" not in page
    main = page[page.index('<main id="content"') : page.index("</main>")]
    assert not any(name in main for name in ("王承辦", "officer1"))


def test_tables_are_files_with_raw_figures_and_their_source(history, supervisor):
    steps, paths, levels = (table(supervisor, name) for name in ("steps", "variants", "levels"))

    assert (steps[1][0], steps[1][2], steps[1][3]) == ("查核", "1", "8")
    assert steps[1][8] == str(CASES)
    assert paths[1][1:3] == [str(CASES), "1"]
    assert paths[1][4] == "查核 → 結束：結案"
    assert levels[1][2:6] == [str(CASES), str(CASES - 1), "1", "0"]
    assert "7" in steps[-1][0]


def test_a_month_without_cases_and_an_odd_choice_are_answered(history, supervisor):
    assert supervisor.open(f"{INSIGHT}?since=x&version=9&community=ZZ").status_code == 200
    assert supervisor.open("/processes/nothing/insight").status_code == 404
    assert supervisor.open(f"{INSIGHT}/nothing.csv").status_code == 404


def test_the_event_log_is_well_formed_xes_with_pseudonyms_and_zones(history, supervisor):
    answer = supervisor.open(f"{INSIGHT}.xes")

    log = etree.fromstring(answer.data)
    traces = log.findall(f"{XES}trace")
    assert log.tag == f"{XES}log"
    assert log.get("xes.version") == "1849.2016"
    assert {each.get("prefix") for each in log.findall(f"{XES}extension")} == {
        "concept",
        "lifecycle",
        "time",
        "org",
    }
    assert len(traces) == CASES
    names = {trace.find(f"{XES}string[@key='concept:name']").get("value") for trace in traces}
    assert len(names) == CASES
    assert not names & set(history)
    assert "王承辦" not in answer.text
    for event in log.iter(f"{XES}event"):
        assert_event(event, known_keys(log))
    assert moves(traces[0]) == ["schedule", "start", "complete", "complete"]


def known_keys(log) -> set[str]:
    """Name the keys that the log promises for each event."""
    return {each.get("key") for each in log.find(f"{XES}global[@scope='event']")}


def assert_event(event, promised: set[str]) -> None:
    """Check an event against what the head of the log promises."""
    given = {each.get("key"): each for each in event}
    assert promised <= given.keys()
    at = datetime.fromisoformat(given["time:timestamp"].get("value"))
    assert at.utcoffset() == timedelta(hours=8)
    assert given["time:timestamp"].tag == f"{XES}date"


def moves(trace) -> list[str]:
    """List the transitions of a trace in order."""
    found = trace.findall(f"{XES}event/{XES}string[@key='lifecycle:transition']")
    return [each.get("value") for each in found]


def test_residents_have_no_insight(history, signed_in):
    assert signed_in("resident1").open(INSIGHT).status_code == 403


@pytest.fixture
def draft_id(house, clock, history) -> str:
    """A draft with a second step."""
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        draft = drafting.begin(KEY, title="加打電話", by=by, session=session, clock=clock)
        drafting.save_file(
            draft.id, "letter.bpmn", MORE.encode(), revision=1, by=by, session=session, clock=clock
        )
        return draft.id


def test_a_draft_with_one_more_step_is_simulated_and_takes_longer(house, draft_id, supervisor):
    address = f"/drafts/{draft_id}/simulation"
    form = supervisor.open(address).text
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    fields |= {"replications": "30", "weeks": "4", "mode:officer": "staff", "hours:phone": "2"}
    fields.pop("csrf_token")
    supervisor.send(address, **fields)

    assert background_kinds.run_next(house)
    page = supervisor.open(address).text

    with house.reading() as session:
        kept = queries.simulation_of(content_hash(drafts.files(draft_id, session=session)), session)
    assert kept.result.difference.cycle_days.low > 0
    assert "草稿" in page
    assert "資料不足。" in page  # seven cases say little
    weeks = supervisor.open(f"{address}/weeks.csv").text
    assert len(weeks.splitlines()) == 1 + 4 + 2


def test_what_cannot_be_used_is_marked_and_nothing_is_ordered(house, draft_id, supervisor):
    address = f"/drafts/{draft_id}/simulation"
    supervisor.open(address)

    answer = supervisor.send(address, weeks="900", replications="many", **{"hours:check": "-1"})

    assert answer.status_code == 422
    assert answer.text.count('class="invalid-feedback"') == 3
    assert 'value="900"' in answer.text
    assert not background_kinds.run_next(house)


def test_more_than_can_be_simulated_or_read_is_refused_with_a_sentence(
    house, clock, draft_id, supervisor
):
    address = f"/drafts/{draft_id}/simulation"
    supervisor.open(address)

    much = supervisor.send(address, per_week="2000", replications="200", weeks="26")
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        drafting.save_file(
            draft_id,
            "letter.bpmn",
            DIAGRAM.replace('id="letter.check"', 'id="other"').encode(),
            revision=2,
            by=by,
            session=session,
            clock=clock,
        )
    unreadable = supervisor.open(address)

    assert much.status_code == 422
    assert "請減少模擬次數" in much.text
    assert unreadable.status_code == 422
    assert "無法讀取" in unreadable.text


def test_the_handbook_tells_who_put_a_version_in_service_why_and_what_changed(
    house, clock, draft_id, supervisor
):
    with house.unit_of_work() as session:
        drafter = people.account_by_login("supervisor1", session=session).actor
        note_fit(draft_id, session=session, clock=clock)
        drafting.submit(draft_id, "來文者常問進度", by=drafter, session=session, clock=clock)
    with house.unit_of_work() as session:
        approver = people.account_by_login("supervisor2", session=session).actor
        drafting.approve(
            draft_id, "", None, by=approver, session=session, engine=house.engine, clock=clock
        )
    page = supervisor.open(f"/processes/{KEY}/2/handbook").text
    log = page[page.index('id="changes"') :]

    assert f"由 {drafter.name}起草" in log
    assert f"由 {approver.name}核定" in log
    assert "來文者常問進度" in log
    assert "電話聯絡" in log
    assert "第一版。" in log
    printed = supervisor.client.get(f"/processes/{KEY}/2/handbook.pdf")
    assert printed.data.startswith(b"%PDF")


def test_the_commands_write_the_log_and_print_the_simulation(house, history, tmp_path, capsys):
    target = tmp_path / "log.xes"

    export_xes(house, KEY, target)
    simulate(house, KEY, Assumptions(replications=30, weeks=4), as_json=False)

    assert len(etree.parse(target).getroot().findall(f"{XES}trace")) == CASES
    printed = capsys.readouterr().out
    assert f"From {CASES} cases begun" in printed
    assert re.search(r"missed service levels +\d", printed)
