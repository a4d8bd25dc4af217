"""Decision tables as rows of text, for people who edit them as a plain table: pure functions."""

import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.decisions import parse_decisions
from engine.dmn.coverage import NotAnalysable, find_overlaps
from engine.dmn.elements import Decision, Table
from engine.dmn.xml import Element, attribute, child, children, parse_xml, text_of
from engine.errors import DecisionIdInvalid, DecisionMissing, DeploymentRefused, TooManyRules

MOST_RULES = 500
_ID = re.compile(r"[a-z][a-z0-9_]{0,60}")
_NEW_TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
    id="%(id)s_definitions" name="" namespace="https://anju.example.org/dmn/%(id)s">
  <decision id="%(id)s" name="">
    <decisionTable id="%(id)s_table" hitPolicy="FIRST">
      <input id="%(id)s_in1" label="input">
        <inputExpression id="%(id)s_text" typeRef="string"><text>input</text></inputExpression>
      </input>
      <output id="%(id)s_out1" label="%(id)s" name="%(id)s" typeRef="string"/>
      <rule id="%(id)s_rule1">
        <inputEntry id="%(id)s_rule1_in1"><text>-</text></inputEntry>
        <outputEntry id="%(id)s_rule1_out1"><text>"other"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        label: what people call it.
        expression: of an input: what it looks at; of an output: its name.
        type: declared, or "".
        values: of the cells of this column, each once, in order: what may be proposed.
    """

    label: str
    expression: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRow:
    """A rule as text.

    Attributes:
        id: in the file; "" for a new one.
        tests: one a column of inputs; "" or "-" for anything.
        results: one a column of outputs.
    """

    id: str
    tests: tuple[str, ...]
    results: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableGrid:
    """A decision table.

    Attributes:
        overlapping: numbers from 1 of rules that match together although one answer is wanted.
    """

    decision_id: str
    name: str
    hit_policy: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[RuleRow, ...]
    overlapping: frozenset[int]


def grids(content: bytes) -> tuple[TableGrid, ...]:
    """Read the tables of a file, in its order, whether or not their cells are FEEL.

    Raises:
        DeploymentRefused: it is no DMN of a version that is supported.
    """
    found = []
    for decision in children(parse_xml(content), "decision"):
        table = child(decision, "decisionTable")
        if table is not None:
            found.append(_grid(decision, table, content))
    return tuple(found)


def new_table(decision_id: str, name: str) -> bytes:
    """Make a file with one decision: an input, an output and a rule for everything else.

    Raises:
        DecisionIdInvalid: the id is not small letters, digits and _.
    """
    if not _ID.fullmatch(decision_id):
        raise DecisionIdInvalid(decision_id)
    root = etree.fromstring(_NEW_TABLE % {b"id": decision_id.encode()})
    for decision in children(root, "decision"):
        decision.set("name", name or decision_id)
    root.set("name", name or decision_id)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def with_rules(content: bytes, decision_id: str, rules: Sequence[RuleRow]) -> bytes:
    """Write the rules of a table anew, in this order; rules that are left out go.

    What a rule holds beside its texts, such as ids and expression languages, stays.

    Raises:
        DeploymentRefused: the file is no DMN of a version that is supported.
        DecisionMissing: there is no table of this decision.
        TooManyRules: a page could not show them.
    """
    root = parse_xml(content)
    table = _table_of(root, decision_id)
    if len(rules) > MOST_RULES:
        raise TooManyRules(MOST_RULES)
    old = {attribute(rule, "id"): rule for rule in children(table, "rule")}
    taken = {str(node.get("id")) for node in root.iter(etree.Element) if node.get("id")}
    for rule in old.values():
        table.remove(rule)
    for row in rules:
        rule = copy.deepcopy(old[row.id]) if row.id in old else _new_rule(table, row, taken)
        _fill(rule, row)
        table.append(rule)
    etree.indent(table, space="  ", level=2)
    written: bytes = etree.tostring(
        root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=False
    )
    return written


def _grid(decision: Element, table: Element, content: bytes) -> TableGrid:
    rules = tuple(_row(rule) for rule in children(table, "rule"))
    inputs, outputs = list(children(table, "input")), list(children(table, "output"))
    return TableGrid(
        decision_id=attribute(decision, "id"),
        name=attribute(decision, "name"),
        hit_policy=attribute(table, "hitPolicy") or "UNIQUE",
        inputs=tuple(_input(at, column, rules) for at, column in enumerate(inputs)),
        outputs=tuple(_output(at, column, rules) for at, column in enumerate(outputs)),
        rules=rules,
        overlapping=_overlapping(content, attribute(decision, "id")),
    )


def _row(rule: Element) -> RuleRow:
    note = child(rule, "annotationEntry")
    return RuleRow(
        id=attribute(rule, "id"),
        tests=tuple(text_of(cell).strip() for cell in children(rule, "inputEntry")),
        results=tuple(text_of(cell).strip() for cell in children(rule, "outputEntry")),
        note=text_of(note if note is not None else child(rule, "description")).strip(),
    )


def _input(at: int, column: Element, rules: Sequence[RuleRow]) -> Column:
    expression = child(column, "inputExpression")
    text = text_of(expression).strip()
    return Column(
        label=attribute(column, "label") or text,
        expression=text,
        type=attribute(expression, "typeRef"),
        values=_values(rule.tests[at] for rule in rules if at < len(rule.tests)),
    )


def _output(at: int, column: Element, rules: Sequence[RuleRow]) -> Column:
    name = attribute(column, "name")
    return Column(
        label=attribute(column, "label") or name,
        expression=name,
        type=attribute(column, "typeRef"),
        values=_values(rule.results[at] for rule in rules if at < len(rule.results)),
    )


def _values(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text not in ("", "-")))


def _overlapping(content: bytes, decision_id: str) -> frozenset[int]:
    try:
        element = parse_decisions(content).model.elements.get(decision_id)
        if not isinstance(element, Decision) or not isinstance(element.box, Table):
            return frozenset()
        found = find_overlaps(element.box)
    except (DeploymentRefused, NotAnalysable):
        return frozenset()
    return frozenset(number for each in found for number in each.rules)


def _table_of(root: Element, decision_id: str) -> Element:
    for decision in children(root, "decision"):
        table = child(decision, "decisionTable")
        if attribute(decision, "id") == decision_id and table is not None:
            return table
    raise DecisionMissing(decision_id)


def _new_rule(table: Element, row: RuleRow, taken: set[str]) -> Element:
    home = etree.QName(table).namespace
    base = f"{attribute(table, 'id') or 'table'}_rule"
    rule_id = _free_id(base, taken)
    rule = etree.Element(f"{{{home}}}rule", id=rule_id)
    for kind, cells in (("inputEntry", row.tests), ("outputEntry", row.results)):
        for at in range(len(cells)):
            cell = etree.SubElement(rule, f"{{{home}}}{kind}", id=f"{rule_id}_{kind}{at + 1}")
            etree.SubElement(cell, f"{{{home}}}text")
    if child(table, "annotation") is not None:
        note = etree.SubElement(rule, f"{{{home}}}annotationEntry")
        etree.SubElement(note, f"{{{home}}}text")
    return rule


def _free_id(base: str, taken: set[str]) -> str:
    number = 1
    while f"{base}{number}" in taken:
        number += 1
    taken.add(f"{base}{number}")
    return f"{base}{number}"


def _fill(rule: Element, row: RuleRow) -> None:
    for kind, cells in (("inputEntry", row.tests), ("outputEntry", row.results)):
        for cell, text in zip(children(rule, kind), cells, strict=False):
            _write(cell, text or ("-" if kind == "inputEntry" else ""))
    notes = (child(rule, "annotationEntry"), child(rule, "description"))
    known = [note for note in notes if note is not None]
    if not known and row.note:
        home = etree.QName(rule).namespace
        known = [etree.Element(f"{{{home}}}description")]
        rule.insert(0, known[0])
    for note in known:
        _write(note, row.note)


def _write(node: Element, text: str) -> None:
    inner = child(node, "text")
    target = inner if inner is not None else node
    target.text = text
