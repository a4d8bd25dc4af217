"""The page of changes and approval: exactly what was changed, and a second person decides."""

import json
import re
from collections.abc import Callable

import pytest

from engine import definition_queries
from engine.migration import Rehearsal
from housing.affected_cases import affected
from housing.drafts import queries, service
from housing.people import queries as people
from tests.scenario_runs import note_fit

KEY = "repair.ticket"
PHONE = """<bpmn:userTask id="phone" name="電話聯繫住戶" camunda:formKey="repair/phone"
 camunda:candidateGroups="property_manager"><bpmn:documentation>約定到場前先以電話聯繫住戶。</bpmn:documentation>
 <bpmn:extensionElements><anju:sla id="phone_1d" name="電話聯繫住戶" amount="1" unit="working_days"
 basis="內部設定"/></bpmn:extensionElements><bpmn:incoming>f_classify__record_triage</bpmn:incoming>
 <bpmn:outgoing>f_phone</bpmn:outgoing></bpmn:userTask>
 <bpmn:sequenceFlow id="f_phone" sourceRef="phone" targetRef="record_triage"/>"""
PHONE_DRAWN = """<bpmndi:BPMNShape id="phone_di" bpmnElement="phone">
 <dc:Bounds x="520" y="470" width="100" height="80"/></bpmndi:BPMNShape>
 <bpmndi:BPMNEdge id="f_phone_di" bpmnElement="f_phone"><di:waypoint x="620" y="510"/>
 <di:waypoint x="640" y="440"/></bpmndi:BPMNEdge>
 <bpmndi:BPMNEdge id="f_classify__record_triage_di" """
STEP = "<bpmn:flowNodeRef>classify</bpmn:flowNodeRef>"
RUNG = '<anju:rung at="P1D" notify="officer"/>'
LANE = "<bpmn:flowNodeRef>sign_off_officer</bpmn:flowNodeRef>"
DIAGRAM = [
    # two deadlines, a calendar, a rung of the ladder
    (r'(id="triage_2d" name="分案" amount)="2"', r'\1="3"'),
    (r'(id="self_repair_late_timer">.{0,80}now\(\), )14', r"\g<1>21"),
    (r'id="onsite_2d"(.*?)/>', rf'id="onsite_2d" calendar="city"\1>{RUNG}</anju:sla>'),
    # a new step
    (r"<bpmn:incoming>f_classify__record_triage<", "<bpmn:incoming>f_phone<"),
    (r'(sourceRef="classify" targetRef=)"record_triage"/>', rf'\1"phone"/>{PHONE}'),
    (r"<bpmn:flowNodeRef>quote_cancelled<", "<bpmn:flowNodeRef>phone<"),
    (r'<bpmndi:BPMNEdge id="f_classify__record_triage_di" ', PHONE_DRAWN),
    # a step less
    (r'<bpmn:boundaryEvent id="quote_cancelled".*?</bpmn:boundaryEvent>', ""),
    (r"<bpmn:incoming>f_quote_cancelled__join_quote_cancel</bpmn:incoming>", ""),
    (r'<bpmn:sequenceFlow id="f_quote_cancelled__join_quote_cancel"[^>]*>', ""),
    (r'<bpmndi:BPMNShape id="quote_cancelled_di".*?</bpmndi:BPMNShape>', ""),
    (r'<bpmndi:BPMNEdge id="f_quote_cancelled__\w+_di".*?</bpmndi:BPMNEdge>', ""),
    # another name, another role, another lane
    (r'id="onsite" name="現場排除"', 'id="onsite" name="現場簡易排除"'),
    (r'(repair/onsite" camunda:candidateGroups=)"property_manager"', r'\1"officer"'),
    (STEP, ""),
    (LANE, LANE + STEP),
    # a condition, an operation, a milestone, an explanation
    (r"=is_emergency = true<", '=is_emergency = true or category = "gas"<'),
    (r'(id="start_self_repair" .{0,60})"repair.set_stage"', r'\1"repair.hold_ticket"'),
    (r'anju:milestone="自行修繕中"', 'anju:milestone="住戶自行修繕中"'),
    (r"登錄現場已排除。", "登錄現場已簡易排除。"),
]
EXPECTED = [
    ("documentation", "record_onsite"),
    ("deadline", "self_repair_late"),
    ("deadline", "triage"),
    ("calendar", "onsite"),
    ("rung-added", "onsite"),
    ("added", "phone"),
    ("removed", "quote_cancelled"),
    ("renamed", "onsite"),
    ("role", "onsite"),
    ("lane", "classify"),
    ("condition", "f_gate_emergency__notify_emergency"),
    ("topic", "start_self_repair"),
    ("milestone", "self_repair"),
    ("cell", "repair_class"),
    ("field-label", "field_broken"),
    ("field-required", "field_broken"),
    ("form-added", ""),
    ("text-added", ""),
]


def edited(files: dict[str, bytes]) -> dict[str, bytes]:
    """Make every change of EXPECTED, one of each."""
    bpmn = files["repair.bpmn"].decode()
    for pattern, new in DIAGRAM:
        bpmn, count = re.subn(pattern, new, bpmn, flags=re.DOTALL)
        assert count == 1, pattern
    rule = re.compile(r'(repair_class_rule7_out3"><text>)5')
    triage = json.loads(files["forms/repair/triage.json"])
    broken = next(part for part in triage["components"] if part["id"] == "field_broken")
    broken["label"], broken["validate"] = "有無損壞？", {}
    phone = json.loads(files["forms/repair/onsite.json"]) | {"id": "phone", "title": "電話聯繫"}
    english = json.loads(files["en.json"]) | {"電話聯繫住戶": "Phone the resident"}
    return {
        "repair.bpmn": bpmn.encode(),
        "repair_class.dmn": rule.sub(r"\g<1>7", files["repair_class.dmn"].decode()).encode(),
        "forms/repair/triage.json": json.dumps(triage).encode(),
        "forms/repair/phone.json": json.dumps(phone).encode(),
        "en.json": json.dumps(english).encode(),
    }


@pytest.fixture
def make_draft(house, clock, reported) -> Callable[..., str]:
    """Draft changes of the repair process; one ticket is running."""
    reported()

    def make() -> str:
        with house.unit_of_work() as session:
            by = people.account_by_login("supervisor1", session=session).actor
            draft = service.begin(KEY, title="分案流程調整", by=by, session=session, clock=clock)
            files = dict(queries.files(draft.id, session=session))
            for name, content in edited(files).items():
                view = queries.file(draft.id, name, session=session) if name in files else None
                revision = None if view is None else view.revision
                service.save_file(
                    draft.id, name, content, revision=revision, by=by, session=session, clock=clock
                )
            return draft.id

    return make


def test_the_page_lists_exactly_the_changes_made_as_a_section_chief_reads_them(
    make_draft, signed_in
):
    page = signed_in("supervisor2").open(f"/drafts/{make_draft()}/changes").text
    text = re.sub(r"<[^>]+>", " ", page)
    told = re.findall(r'<li data-kind="([\w-]+)" data-of="(\w*)"', page)

    assert sorted(told) == sorted(EXPECTED)
    assert "「分案」的期限由 2 個日曆天 改為 3 個日曆天" in text
    assert "新增步驟「電話聯繫住戶」，由物管人員辦理，表單「電話聯繫」，期限 1 個工作日" in text
    assert "決策表「修繕類別」第 7 列的「期限（日）」由 5 改為 7" in text
    assert "「判定修繕類別」由「物管人員」移到「住宅處承辦」" in text
    assert "「現場排除」改名為「現場簡易排除」" in text
    assert "1 件可移轉" in page
    assert "件無法移轉" not in page


@pytest.fixture
def submitted(house, clock, reported) -> str:
    """A draft of one longer deadline that supervisor1 has submitted."""
    reported()
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        draft = service.begin(KEY, title="分案改為三日", by=by, session=session, clock=clock)
        file = queries.file(draft.id, "repair.bpmn", session=session)
        longer = re.sub(rb'(id="triage_2d" .{0,20}amount)="2"', rb'\1="3"', file.content)
        service.save_file(
            draft.id, file.name, longer, revision=1, by=by, session=session, clock=clock
        )
        note_fit(draft.id, session=session, clock=clock)
        service.submit(draft.id, "到場不易", by=by, session=session, clock=clock)
        return draft.id


def digest_of(page: str) -> str:
    return re.search(r'name="digest" value="(\w+)"', page)[1]


def test_the_drafter_only_reads_and_a_second_person_approves_what_was_read(
    submitted, signed_in, house
):
    drafter, approver = signed_in("supervisor1"), signed_in("supervisor2")
    address = f"/drafts/{submitted}/approve"
    read_only = drafter.open(f"/drafts/{submitted}/changes").text
    digest = digest_of(approver.open(f"/drafts/{submitted}/changes").text)

    own = drafter.send(address, confirmed="yes", when="now", digest=digest)
    unread = approver.send(address, when="now", digest=digest)
    stale = approver.send(address, when="now", confirmed="yes", digest="0" * 64)
    done = approver.send(address, when="now", confirmed="yes", digest=digest)

    assert "須由其他同仁核定" in read_only
    assert "核定此草稿" not in read_only
    assert own.status_code == 403
    assert "請確認您已閱讀變更內容" in unread.text
    assert "草稿又有變動" in stale.text
    assert "第 2 版已啟用" in done.text
    with house.reading() as session:
        assert queries.draft(submitted, session=session).state == "in_service"


def test_an_approved_draft_waits_for_its_day_and_can_be_sent_back_until_then(
    submitted, signed_in, house
):
    browser = signed_in("supervisor2")
    digest = digest_of(browser.open(f"/drafts/{submitted}/changes").text)
    answers = {"when": "later", "confirmed": "yes", "digest": digest}

    without = browser.send(f"/drafts/{submitted}/approve", **answers, go_live_on="")
    approved = browser.send(f"/drafts/{submitted}/approve", **answers, go_live_on="2099-01-01")
    back = browser.send(f"/drafts/{submitted}/send-back", reason="期限依據未附")

    assert "請選擇啟用日期" in without.text
    assert "起啟用" in approved.text
    assert "期限依據未附" in back.text
    assert "核定此草稿" not in back.text
    with house.reading() as session:
        assert queries.draft(submitted, session=session).is_returned


def test_a_case_goes_along_to_a_new_id_of_its_step_but_not_to_another_step(house, reported):
    reported()
    with house.reading() as session:
        deployed = definition_queries.definition(KEY, None, session)
        files = definition_queries.resources(deployed.id, session)
        text = files["repair.bpmn"].decode()
        renamed = text.replace('"triage"', '"assess"').replace(">triage<", ">assess<")
        another = renamed.replace('id="assess" name="分案"', 'id="assess" name="初判"')

        def tried(bpmn: str) -> Rehearsal:
            changed = {**files, "repair.bpmn": bpmn.encode()}
            found = affected(KEY, changed, engine=house.engine, session=session)
            assert found.refusal is None, found.refusal
            return found.tried[0]

        assert "assess" in tried(renamed).stands_at
        assert [each.code for each in tried(another).findings] == ["unmapped"]
