"""`anju import`: a file of another engine opens, is translated where it can be, and explained."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli.main import commands

FOREIGN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="p" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="g"/><exclusiveGateway id="g" default="f2"/>
<sequenceFlow id="f1" sourceRef="g" targetRef="pay"><conditionExpression
  xsi:type="tFormalExpression">${amount > 100}</conditionExpression></sequenceFlow>
<sequenceFlow id="f2" sourceRef="g" targetRef="e"/>
<serviceTask id="pay" name="Pay" camunda:class="org.example.Pay"/>
<sequenceFlow id="f3" sourceRef="pay" targetRef="e"/><endEvent id="e"/></process></definitions>"""


def open_file(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["import", *map(str, arguments)])


@pytest.fixture
def foreign(tmp_path) -> Path:
    path = tmp_path / "pay.bpmn"
    path.write_text(FOREIGN)
    return path


def test_a_foreign_file_is_translated_and_its_java_class_is_named(foreign, tmp_path):
    output = tmp_path / "ours.bpmn"
    result = open_file(foreign, "--output", output)

    assert result.exit_code == 1
    assert "amount > 100" in result.output
    assert "pay Pay" in result.output
    assert "${" not in output.read_text()


def test_what_is_no_bpmn_is_not_opened(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("hello")
    result = open_file(path)

    assert result.exit_code == 1
    assert "not opened" in result.output
    assert "Traceback" not in result.output
