"""Opens a file of another engine or tool and says, element by element, what will not run."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.checking import check_file, merged
from engine.errors import DeploymentRefused, Problem
from engine.importing.juel import to_feel
from engine.importing.vendors import CAMUNDA, HONOURED, INSTEAD, TWINS, VENDORS
from engine.sentences import sentence
from engine.spiff.reading import read_xml
from engine.spiff.vocabulary import BPMN
from engine.standard.document import (
    Element,
    children,
    tag,
    text,
)

_EXPRESSIONS = ("conditionExpression", "loopCondition", "loopCardinality", "completionCondition",
                "condition", "timeDate", "timeDuration", "timeCycle")  # fmt: skip
_SCRIPTS = ("script",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A file that was opened, or refused as no readable BPMN.

    Attributes:
        bpmn: the file with translated expressions; as it came where nothing was translated.
        problems: the import report: what cannot run, what is not honoured, what was translated.
        is_open: False if it is no readable BPMN; then one problem says why.
    """

    bpmn: bytes
    problems: tuple[Problem, ...]
    is_open: bool

    @property
    def is_executable(self) -> bool:
        """Tell whether it could be deployed as it stands after the import."""
        return self.is_open and all(problem.severity != "error" for problem in self.problems)


def open_file(content: bytes) -> Opened:
    """Open a file and report on it; nothing in it is ever executed.

    Args:
        content: a BPMN file of any origin.

    Returns:
        The file and its report; a broken or hostile file gives a refusal, never an exception.
    """
    try:
        root = read_xml(content)
    except DeploymentRefused as refusal:
        return Opened(bpmn=content, problems=refusal.problems, is_open=False)
    if root.tag != f"{{{BPMN}}}definitions":
        advice = "The file is no BPMN 2.0: its root is not bpmn:definitions. Choose another file."
        return Opened(bpmn=content, problems=(_file_problem(advice),), is_open=False)
    translated = [
        *_adopt(root),
        *_adopt_extensions(root),
        *_translate(root),
        *_translate_attributes(root),
        *_translate_parameters(root),
    ]
    report = [*translated, *_vendor_attributes(root), *_vendor_parts(root), *_scripts(root)]
    if translated:
        tree = root.getroottree()
        content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    problems = merged([*report, *check_file(content)])
    return Opened(bpmn=content, problems=tuple(problems), is_open=True)


def _file_problem(advice: str) -> Problem:
    return Problem(element_id="", element_name="", advice=advice, rule="unreadable-file")


def _translate(root: Element) -> Iterator[Problem]:
    for name in _EXPRESSIONS:
        for item in root.iter(f"{{{BPMN}}}{name}"):
            before = text(item)
            if not before.startswith(("${", "#{")):
                continue
            after = to_feel(before)
            if after is None:
                advice = "Write it in FEEL."
                yield _finding(
                    item,
                    sentence(
                        "%(before)s cannot be translated. %(advice)s",
                        before=repr(before),
                        advice=advice,
                    ),
                    "juel",
                    "error",
                )
                continue
            is_timer = name.startswith("time")
            item.text = f"={after}" if is_timer else after
            item.attrib.pop("language", None)
            yield _finding(
                item,
                sentence(
                    "%(before)s was translated to %(text)s.",
                    before=repr(before),
                    text=repr(item.text),
                ),
                "juel-translated",
            )


def _adopt(root: Element) -> Iterator[Problem]:
    """Take what sister engines write in their namespaces as what it means here."""
    for item in list(root.iter(f"{{{BPMN}}}*")):
        for name, value in list(item.attrib.items()):
            vendor, local = _split(str(name))
            if vendor not in TWINS or ("camunda", local) not in HONOURED:
                continue
            del item.attrib[name]
            taken = "external" if local == "type" and value == "external-worker" else value
            item.set(f"{{{CAMUNDA}}}{local}", str(taken))
            advice = sentence(
                "%(vendors)s:%(local)s is taken as camunda:%(local)s.",
                vendors=VENDORS[vendor],
                local=local,
            )
            yield _finding(item, advice, "vendor-translated", "info")


def _adopt_extensions(root: Element) -> Iterator[Problem]:
    for extensions in list(root.iter(f"{{{BPMN}}}extensionElements")):
        for part in extensions:
            vendor, local = _split(str(part.tag))
            if vendor in TWINS and ("camunda", local) in HONOURED:
                for inner in part.iter(f"{{{vendor}}}*"):
                    inner.tag = f"{{{CAMUNDA}}}{_split(str(inner.tag))[1]}"
                advice = sentence(
                    "%(vendors)s:%(local)s is taken as camunda:%(local)s.",
                    vendors=VENDORS[vendor],
                    local=local,
                )
                yield _finding(extensions, advice, "vendor-translated", "info")


def _translate_attributes(root: Element) -> Iterator[Problem]:
    for item in root.iter(f"{{{BPMN}}}*"):
        for name, value in item.attrib.items():
            vendor, local = _split(str(name))
            if vendor == CAMUNDA and ("camunda", local) in HONOURED:
                after = to_feel(str(value))
                if after is not None:
                    item.set(name, f"={after}")
                    advice = sentence(
                        "camunda:%(local)s %(value)s was translated to %(after)s.",
                        local=local,
                        value=repr(value),
                        after=repr(after),
                    )
                    yield _finding(item, advice, "juel-translated")


def _translate_parameters(root: Element) -> Iterator[Problem]:
    for name in ("inputParameter", "outputParameter"):
        for item in root.iter(f"{{{CAMUNDA}}}{name}"):
            after = to_feel(text(item))
            if after is not None:
                advice = sentence(
                    "%(name)s %(text)s was translated to %(after)s.",
                    name=name,
                    text=repr(text(item)),
                    after=repr(after),
                )
                item.text = f"={after}"
                yield _finding(item, advice, "juel-translated")


def _vendor_attributes(root: Element) -> Iterator[Problem]:
    for item in root.iter(f"{{{BPMN}}}*"):
        for name in item.attrib:
            vendor, local = _split(str(name))
            if vendor in VENDORS and (VENDORS[vendor], local) not in HONOURED:
                instead = INSTEAD.get(local, "It has no effect here.")
                yield _finding(
                    item,
                    sentence(
                        "%(vendor)s:%(local)s: %(instead)s",
                        vendor=VENDORS[vendor],
                        local=local,
                        instead=instead,
                    ),
                    "vendor-attribute",
                )


def _vendor_parts(root: Element) -> Iterator[Problem]:
    for extensions in root.iter(f"{{{BPMN}}}extensionElements"):
        for item in extensions:
            if not isinstance(item.tag, str):
                continue
            vendor, local = _split(item.tag)
            if vendor in VENDORS and (VENDORS[vendor], local) not in HONOURED:
                instead = INSTEAD.get(local, "It has no effect here.")
                yield _finding(
                    item,
                    sentence(
                        "%(vendor)s:%(local)s: %(instead)s",
                        vendor=VENDORS[vendor],
                        local=local,
                        instead=instead,
                    ),
                    "vendor-extension",
                )


def _scripts(root: Element) -> Iterator[Problem]:
    for item in root.iter(f"{{{BPMN}}}scriptTask"):
        language = item.get("scriptFormat", "")
        if language.lower() != "feel" and children(item, *_SCRIPTS):
            advice = "Rewrite it as lines name = <FEEL>."
            said = sentence(
                "A script in %(language)s is not run. %(advice)s",
                language=language or "no language",
                advice=advice,
            )
            yield _finding(item, said, "foreign-script", "error")


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition("}")
    return namespace.removeprefix("{"), local


def _finding(item: Element, advice: str, rule: str, severity: str = "warning") -> Problem:
    owner = item
    while not (owner.get("id") and str(owner.tag).startswith(f"{{{BPMN}}}")) or tag(owner).endswith(
        ("Definition", "Characteristics", "Condition", "Expression")
    ):
        parent = owner.getparent()
        if parent is None:
            break
        owner = parent
    return Problem(
        element_id=owner.get("id", ""),
        element_name=" ".join(owner.get("name", "").split()),
        advice=advice,
        severity=severity,
        rule=rule,
    )
