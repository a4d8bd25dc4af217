"""A supervisor imports a reference model of another tool and reads what became of it."""

from pathlib import Path

import pytest

from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

VERSIONS = "/processes/repair.ticket/versions"
MODEL = Path(__file__).parents[2].parent / "shared/conformance/miwg/reference/C.1.0.bpmn"
OWN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:activiti="http://activiti.org/bpmn" targetNamespace="other">
 <process id="invoice" isExecutable="true"><startEvent id="begin"/>
  <sequenceFlow id="f1" sourceRef="begin" targetRef="archiveInvoice"/>
  <serviceTask id="archiveInvoice" name="Archive Invoice" activiti:delegateExpression="${work}"/>
  <sequenceFlow id="f2" sourceRef="archiveInvoice" targetRef="end"/><endEvent id="end"/>
 </process></definitions>"""


@pytest.fixture
def model(tmp_path) -> Path:
    """A reference model of the interchange group, else a small one of the same kind."""
    if MODEL.exists():
        return MODEL
    path = tmp_path / "C.1.0.bpmn"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_model_of_another_tool_is_imported_with_its_report(person, model):
    supervisor = person("supervisor1", 1280)
    page = supervisor.page
    supervisor.open("/drafts")
    page.get_by_role("link", name="匯入其他工具的檔案").click()
    supervisor.attach("files", model)
    supervisor.write("title", "發票流程")
    page.get_by_role("button", name="匯入", exact=True).click()
    page.wait_for_url("**/import-report")
    report = page.inner_text("main")
    draft = page.url.removesuffix("/import-report").removeprefix(supervisor.url)

    assert "archiveInvoice" in report
    assert "無法執行" in report
    assert page.get_by_role("link", name="前往草稿").is_visible()
    for address in ("/drafts", "/drafts/import", draft, f"{draft}/import-report", VERSIONS):
        supervisor.open(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        page.set_viewport_size({"width": 390, "height": 844})
        check_accessible(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    assert supervisor.complaints == []
