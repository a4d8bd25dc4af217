"""What differs between two DMN files: decision by decision, rule by rule, cell by cell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.comparison.changes import Change, Fact, Facts, different, moved
from engine.comparison.reading import Element, attributes, canonical, children, local, parse, words

_IGNORED = frozenset({"id", "name"})
_ANY = "-"
_OWN_FACTS = frozenset({"description", "decisionTable", "extensionElements"})
_SAID_SO = frozenset({"variable"})
"""Parts of a decision that repeat its name and type."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a table."""

    id: str
    label: str
    is_output: bool
    facts: Facts

    @property
    def side(self) -> str:
        """Whether it asks or answers, as a part of the name of a change."""
        return "column-output" if self.is_output else "column-input"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One row: its cells by the id of their column."""

    id: str
    number: int
    cells: Mapping[str, str]
    note: str

    @property
    def content(self) -> tuple[str, ...]:
        """What the row says."""
        return tuple(self.cells.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A decision, or another part of a DMN file, with its columns and rules by id."""

    id: str
    type: str
    name: str
    facts: Facts
    columns: Mapping[str, Column] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)


def compare_decisions(before: bytes, after: bytes, *, file: str = "") -> list[Change]:
    """Compare two DMN files; an empty one stands for none.

    Raises:
        ValueError: one of them is no XML.
    """
    old, new = read_decisions(before), read_decisions(after)
    found: list[Change] = []
    for key, decision in new.items():
        base = _change(decision, file)
        if key in old:
            found.extend(_compared(old[key], decision, base))
        else:
            found.append(replace(base, kind="decision-added"))
    gone = (decision for key, decision in old.items() if key not in new)
    found.extend(replace(_change(each, file), kind="decision-removed") for each in gone)
    return found or list(_drawing(before, after, file))


def _change(decision: Decision, file: str) -> Change:
    return Change(
        kind="",
        file=file,
        element_id=decision.id,
        element_name=decision.name,
        element_type=decision.type,
    )


def _compared(old: Decision, new: Decision, base: Change) -> Iterator[Change]:
    if old.name != new.name:
        yield replace(base, kind="renamed", element_name=old.name, before=old.name, after=new.name)
    for (kind, name), before, after in different(old.facts, new.facts):
        yield replace(base, kind=kind, field=name, before=before, after=after)
    yield from _columns(old, new, base)
    yield from _rules(old, new, base)


def _columns(old: Decision, new: Decision, base: Change) -> Iterator[Change]:
    for key, column in new.columns.items():
        if key in old.columns:
            yield from _column(old.columns[key], column, replace(base, field=key))
        else:
            yield replace(base, kind=f"{column.side}-added", after=column.label, field=key)
    for key, column in old.columns.items():
        if key not in new.columns:
            yield replace(base, kind=f"{column.side}-removed", before=column.label, field=key)
    for key in moved(list(old.columns), list(new.columns)):
        yield replace(base, kind="column-order", field=new.columns[key].label)


def _column(old: Column, new: Column, base: Change) -> Iterator[Change]:
    if old.label != new.label:
        yield replace(base, kind="column-renamed", before=old.label, after=new.label)
    for (kind, _), was, now in different(old.facts, new.facts):
        yield replace(base, kind=kind, field=new.label, before=was, after=now)


def _rules(old: Decision, new: Decision, base: Change) -> Iterator[Change]:
    same = paired(old, new)
    former = {now: was for was, now in same.items()}
    for key, rule in new.rules.items():
        numbered = replace(base, notes=(("rule", str(rule.number)),))
        if key in former:
            yield from _cells(old.rules[former[key]], rule, new, numbered)
        else:
            yield replace(numbered, kind="rule-added", field=key, after=_said(rule, new))
    for key, rule in old.rules.items():
        if key not in same:
            notes = (("rule", str(rule.number)),)
            yield replace(
                base, kind="rule-removed", field=key, before=_said(rule, old), notes=notes
            )
    for key in moved([same[key] for key in old.rules if key in same], list(new.rules)):
        before, after = str(old.rules[former[key]].number), str(new.rules[key].number)
        notes = (("rule", before),)
        yield replace(base, kind="rule-order", field=key, before=before, after=after, notes=notes)


def _cells(old: Rule, new: Rule, decision: Decision, base: Change) -> Iterator[Change]:
    for column, text in new.cells.items():
        before = old.cells.get(column)
        if before is not None and before != text:
            head = decision.columns[column]
            notes = (*base.notes, ("column", head.label), ("name", _name_of(head)))
            yield replace(base, kind="cell", field=column, before=before, after=text, notes=notes)
    if old.note != new.note:
        yield replace(base, kind="rule-note", field=new.id, before=old.note, after=new.note)


def _name_of(column: Column) -> str:
    found = column.facts.get(("column-name", ""))
    return "" if found is None else found.text


def paired(old: Decision, new: Decision) -> dict[str, str]:
    """Pair rules by id; those with new ids by their content."""
    same = {key: key for key in old.rules if key in new.rules}
    free = {rule.content: key for key, rule in new.rules.items() if key not in same}
    for key, rule in old.rules.items():
        if key not in same and rule.content in free:
            same[key] = free.pop(rule.content)
    return same


def _said(rule: Rule, decision: Decision) -> str:
    """Say a rule: what it asks, an arrow, what it answers."""
    said: dict[bool, list[str]] = {False: [], True: []}
    for key, text in rule.cells.items():
        column = decision.columns[key]
        if text != _ANY or column.is_output:
            said[column.is_output].append(f"{column.label} {text}")
    return f"{'；'.join(said[False]) or _ANY} → {'；'.join(said[True])}"


def read_decisions(content: bytes) -> dict[str, Decision]:
    """Read the parts of a DMN file by id; none of an empty one."""
    if not content:
        return {}
    root = parse(content)
    parts = (each for each in children(root) if each.get("id") and local(each) != "DMNDI")
    return {part.get("id", ""): _decision(part) for part in parts}


def _decision(element: Element) -> Decision:
    table = next((c for c in children(element) if local(c) == "decisionTable"), None)
    columns = {} if table is None else {each.id: each for each in _columns_of(table)}
    rows = [] if table is None else [c for c in children(table) if local(c) == "rule"]
    rules = [_rule(at, row, list(columns)) for at, row in enumerate(rows)]
    return Decision(
        id=element.get("id", ""),
        type=local(element),
        name=words(element.get("name")),
        facts=dict(_facts(element, table)),
        columns=columns,
        rules={rule.id: rule for rule in rules},
    )


def _facts(element: Element, table: Element | None) -> Iterator[tuple[tuple[str, str], Fact]]:
    if description := _text(element, "description"):
        yield ("documentation", ""), Fact(description)
    if table is not None:
        policy = table.get("hitPolicy") or "UNIQUE"
        yield ("hit-policy", ""), Fact(f"{policy} {table.get('aggregation', '')}".strip())
    for name, value in attributes(element):
        if name not in _IGNORED:
            yield ("setting", name.rpartition("}")[2]), Fact(words(value))
    yield from _logic_facts(element)


def _logic_facts(element: Element) -> Iterator[tuple[tuple[str, str], Fact]]:
    logic: dict[str, list[str]] = {}
    for child in children(element):
        if local(child) not in _OWN_FACTS | _SAID_SO:
            logic.setdefault(local(child), []).append(canonical(child))
    for tag, parts in logic.items():
        kind = "requirement" if tag.endswith("Requirement") else "logic"
        text = _text(element, f"{tag}/text") if kind == "logic" else ""
        shown = text or _required(element, tag) or " ".join(sorted(parts))
        yield (kind, tag), Fact(shown, frozenset({" ".join(sorted(parts))}))


def _required(element: Element, tag: str) -> str:
    """Name what a decision asks for."""
    found = (
        inner.get("href", "").removeprefix("#")
        for child in children(element)
        if local(child) == tag
        for inner in children(child)
    )
    return "、".join(sorted(filter(None, found)))


def _columns_of(table: Element) -> Iterator[Column]:
    numbers = {"input": 0, "output": 0}
    for child in children(table):
        side = local(child)
        if side not in numbers:
            continue
        numbers[side] += 1
        expression = _text(child, "inputExpression/text")
        label = words(child.get("label")) or words(child.get("name")) or expression
        yield Column(
            id=child.get("id") or f"{side} {numbers[side]}",
            label=label or f"{side} {numbers[side]}",
            is_output=side == "output",
            facts=dict(_column_facts(child, expression)),
        )


def _column_facts(column: Element, expression: str) -> Iterator[tuple[tuple[str, str], Fact]]:
    inner = column.find("{*}inputExpression")
    type_ref = column.get("typeRef") or ("" if inner is None else inner.get("typeRef", ""))
    given = {
        "column-expression": expression,
        "column-name": words(column.get("name")),
        "column-type": type_ref,
        "column-values": _text(column, "inputValues/text") or _text(column, "outputValues/text"),
        "column-default": _text(column, "defaultOutputEntry/text"),
    }
    for kind, text in given.items():
        if text:
            yield (kind, ""), Fact(text)


def _rule(at: int, row: Element, columns: list[str]) -> Rule:
    cells = [c for c in children(row) if local(c) in {"inputEntry", "outputEntry"}]
    texts = [_text(cell, "text") or _ANY for cell in cells]
    notes = (_text(row, "annotationEntry/text"), _text(row, "description"))
    return Rule(
        id=row.get("id") or f"rule {at + 1}",
        number=at + 1,
        cells=dict(zip(columns, texts, strict=False)),
        note="\n".join(dict.fromkeys(filter(None, notes))),
    )


def _text(element: Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return "" if found is None else words(found.text)


def _drawing(before: bytes, after: bytes, file: str) -> Iterator[Change]:
    if before and after:
        drawn = [[canonical(e) for e in parse(each).iter("{*}DMNDI")] for each in (before, after)]
        if drawn[0] != drawn[1]:
            yield Change(kind="drawing", file=file)
