"""Read a decision table of a package for its handbook."""

from lxml import etree

from bpmn.handbook import Decision, Rule


def read_decision(decision: etree._Element, used_in: tuple[str, ...]) -> Decision:
    """Read one decision.

    Args:
        decision: the DMN element.
        used_in: names of the steps that ask it.
    """
    table = decision.find("{*}decisionTable")
    policy, aggregation = ("", "") if table is None else _policy(table)
    return Decision(
        id=decision.get("id", ""),
        name=decision.get("name", ""),
        text=_text(decision, "description"),
        hit_policy=f"{policy} {aggregation}".strip(),
        inputs=() if table is None else tuple(_input(each) for each in table.iterfind("{*}input")),
        outputs=() if table is None else tuple(_label(e) for e in table.iterfind("{*}output")),
        rules=() if table is None else tuple(_rule(each) for each in table.iterfind("{*}rule")),
        used_in=used_in,
    )


def _policy(table: etree._Element) -> tuple[str, str]:
    return table.get("hitPolicy", "UNIQUE"), table.get("aggregation", "")


def _input(column: etree._Element) -> tuple[str, str]:
    expression = column.find("{*}inputExpression/{*}text")
    text = "" if expression is None else " ".join((expression.text or "").split())
    return column.get("label") or text, text


def _label(column: etree._Element) -> str:
    return column.get("label", "") or column.get("name", "")


def _rule(rule: etree._Element) -> Rule:
    return Rule(
        inputs=tuple(_text(entry, "text") for entry in rule.iterfind("{*}inputEntry")),
        outputs=tuple(_text(entry, "text") for entry in rule.iterfind("{*}outputEntry")),
        note=_text(rule, "description") or _text(rule, "annotationEntry/{*}text"),
    )


def _text(element: etree._Element, path: str) -> str:
    found = element.find(f"{{*}}{path}")
    return "" if found is None else " ".join((found.text or "").split())
