"""Templates take from each other only what is there: a missing macro would show only when used."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

TEMPLATES = Path("webapp/templates")
PARSER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def parsed(name: str) -> nodes.Template:
    return PARSER.parse((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def exported(name: str) -> set[str]:
    """Name what a template gives to others; what it took itself is not among it."""
    body = parsed(name).body
    macros = {each.name for each in body if isinstance(each, nodes.Macro)}
    sets = (each.target for each in body if isinstance(each, nodes.Assign | nodes.AssignBlock))
    return macros | {each.name for each in sets if isinstance(each, nodes.Name)}


def taken() -> list[tuple[str, str, frozenset[str]]]:
    """List who takes which names from which template."""
    return [
        (
            str(path.relative_to(TEMPLATES)),
            found.template.value,
            frozenset(each if isinstance(each, str) else each[0] for each in found.names),
        )
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in parsed(str(path.relative_to(TEMPLATES))).find_all(nodes.FromImport)
    ]


def test_what_a_template_takes_from_another_is_there():
    imports = taken()
    assert imports
    missing = [
        f"{taker} takes {', '.join(sorted(names - exported(giver)))} from {giver}"
        for taker, giver, names in imports
        if names - exported(giver)
    ]
    assert missing == []
