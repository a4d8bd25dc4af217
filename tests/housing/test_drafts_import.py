"""Packages of other tools: taken over with a report, refused when hostile, given back unchanged."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from engine.db import metadata
from engine.types import SYSTEM, Actor
from housing import bootstrap, packages, settings
from housing.drafts import archives, importing, queries
from housing.drafts.errors import (
    ArchiveNotReadable,
    ArchiveUnsafe,
    DiagramMissing,
    FileNotReadable,
    SeveralDiagrams,
    UploadMissing,
    UploadTooLarge,
)

BY = Actor(id="7", name="謝流程", groups=frozenset({("process_supervisor", "city")}))
MIWG = Path(__file__).parents[2].parent / "shared/conformance/miwg"
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="other">
 <process id="%s" isExecutable="true">
  <startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
  <userTask id="ask" name="Ask" camunda:formRef="invoice" camunda:candidateGroups="officer"/>
  <sequenceFlow id="f2" sourceRef="ask" targetRef="which"/>
  <exclusiveGateway id="which" default="f4"/>
  <sequenceFlow id="f3" sourceRef="which" targetRef="work">
   <conditionExpression xsi:type="tFormalExpression">${approved}</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f4" sourceRef="which" targetRef="end"/>
  <serviceTask id="work" name="Java" camunda:class="org.example.Work"/>
  <sequenceFlow id="f5" sourceRef="work" targetRef="end"/><endEvent id="end"/>
 </process>
</definitions>"""
FORM = b'{"id": "invoice", "type": "default", "components": [{"type": "number", "key": "sum"}]}'


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    given = {"ANJU_VAR": str(tmp_path_factory.mktemp("var"))}
    application = bootstrap.build(settings.load(given))
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        files = packages.resources("application_rolling")
        application.engine.deploy(files, by=SYSTEM, session=session)
    yield application
    application.dispose()


def imported(house, *uploads, process_key=None):
    """Import files as a draft; gives the draft, its files and the report."""
    with house.unit_of_work() as session:
        draft_id = importing.import_files(
            uploads,
            title="外來流程",
            process_key=process_key,
            by=BY,
            session=session,
            clock=house.clock,
        ).id
    with house.reading() as session:
        draft = queries.draft(draft_id, session=session)
        files = queries.files(draft_id, session=session)
        began = queries.events(draft_id, session=session)[-1]
    return draft, files, importing.report_of(began.detail)


def zipped(entries, mode=0o644):
    """Pack entries of any name into a zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


CUT_OFF = zipped({"a.bpmn": b"x" * 500})[:-30]


def kinds(report):
    """Give the lines of a report as kind, rule and element."""
    return {(each.kind, each.rule, each.element_id) for each in report}


def test_a_foreign_diagram_with_its_form_becomes_a_draft_with_a_report_by_element(house):
    diagram = (FOREIGN % "Process_1").encode()
    draft, files, report = imported(house, ("my.bpmn", diagram), ("forms/inv.form", FORM))

    assert draft.process_key == "Process_1"
    assert draft.based_on is None
    assert {"Process_1.bpmn", "forms/inv.json"} == set(files)
    assert b'formKey="inv"' in files["Process_1.bpmn"]
    assert b"${approved}" not in files["Process_1.bpmn"]
    assert kinds(report) >= {
        ("converted", "form-translated", "ask"),
        ("converted", "juel-translated", "f3"),
        ("note", "vendor-attribute", "work"),
        ("taken", "form-taken", ""),
    }
    assert any(each.kind == "will_not_run" and each.element_id == "work" for each in report)


def test_a_new_process_never_takes_the_key_of_one_in_service(house):
    diagram = (FOREIGN % "app.rolling").encode()
    draft, files, report = imported(house, ("my.bpmn", diagram))

    assert draft.process_key == "app.rolling_2"
    assert ("converted", "process-renamed", "") in kinds(report)
    assert packages.keys_of(files) == ("app.rolling_2",)


def test_a_diagram_for_a_process_in_service_takes_its_key_and_leaves_other_files(house):
    diagram = (FOREIGN % "Process_1").encode()
    draft, files, _ = imported(house, ("my.bpmn", diagram), process_key="app.rolling")

    assert draft.process_key == "app.rolling"
    assert draft.base_version == 1
    assert set(files) == set(packages.resources("application_rolling"))


def test_an_exported_package_comes_back_byte_for_byte(house):
    given = packages.resources("application_rolling")
    archive = archives.packed(given)
    _, files, report = imported(house, ("anju.zip", archive), process_key="app.rolling")

    assert files == given
    assert {each.kind for each in report} <= {"taken", "note"}
    names = zipfile.ZipFile(io.BytesIO(archive)).namelist()
    assert "forms/application_rolling/draft.form" in names
    assert archive == archives.packed(given)


def test_what_does_not_belong_to_a_package_is_left_out_and_said(house):
    diagram = (FOREIGN % "Process_9").encode()
    archive = zipped(
        {"x/my.bpmn": diagram, "x/run.py": b"import os", "__MACOSX/._my.bpmn": b"", "en.json": b"["}
    )
    _, files, report = imported(house, ("x.zip", archive))

    assert set(files) == {"Process_9.bpmn"}
    left = {each.file: each.rule for each in report if each.kind == "left_out"}
    assert left == {"x/run.py": "unknown-type", "en.json": "unreadable-file"}


@pytest.mark.parametrize("path", ["../a.bpmn", "/etc/a.bpmn", "a/../../b.bpmn", "c:\\a.bpmn"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(path):
    with pytest.raises(ArchiveUnsafe):
        archives.unpacked([("a.zip", zipped({path: b"x"}))])


def test_an_archive_with_a_link_is_refused():
    with pytest.raises(ArchiveUnsafe):
        archives.unpacked([("a.zip", zipped({"a.bpmn": b"/etc/passwd"}, stat.S_IFLNK | 0o777))])


def test_an_archive_that_grows_beyond_measure_is_refused():
    bomb = zipped({f"{number}.bpmn": b"0" * 6_000_000 for number in range(4)})
    many = zipped({f"{number}.bpmn": b"0" for number in range(201)})

    assert len(bomb) < 100_000
    for archive in (bomb, many):
        with pytest.raises(UploadTooLarge):
            archives.unpacked([("a.zip", archive)])


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"no zip", zipped({"a.bpmn": b"x" * 500})[:-30]]
)
def test_a_broken_archive_is_refused_in_words(content):
    with pytest.raises(ArchiveNotReadable):
        archives.unpacked([("a.zip", content)])


def test_an_upload_needs_exactly_one_readable_diagram(house):
    diagram = (FOREIGN % "Process_1").encode()
    refused = {
        UploadMissing: [("", b"")],
        DiagramMissing: [("a.dmn", b"<a/>")],
        SeveralDiagrams: [("a.bpmn", diagram), ("b.bpmn", diagram)],
        FileNotReadable: [("a.bpmn", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')],
    }
    for error, uploads in refused.items():
        with pytest.raises(error):
            imported(house, *uploads)


@pytest.mark.skipif(not MIWG.is_dir(), reason="the MIWG reference models are not on this machine")
def test_reference_models_of_the_interchange_group_become_drafts(house):
    models = sorted(MIWG.rglob("*.bpmn"))
    assert models
    for path in models[:12]:
        draft, _, report = imported(house, (path.name, path.read_bytes()))
        assert draft.state == "open"
        assert report
