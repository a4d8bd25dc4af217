"""Takes over packages of other tools: what they hold becomes files of a draft, with a report.

Nothing that was uploaded is ever run; what Anju cannot run stands in the report, element by
element, and in the findings of the draft.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lxml import etree
from sqlalchemy.orm import Session

from engine import definition_queries
from engine.clock import Clock
from engine.errors import Problem
from engine.importing.opening import open_file
from engine.sentences import Sentence, sentence
from engine.types import Actor
from housing import packages
from housing.drafts import acts, archives, contents, rules, service
from housing.drafts.archives import Upload
from housing.drafts.errors import (
    DiagramMissing,
    FileNameRefused,
    FileNotReadable,
    FileTooLarge,
    ProcessMissing,
    SeveralDiagrams,
)
from housing.drafts.findings import told
from housing.drafts.models import ProcessDraft

MOST_LINES = 1_000
"""Lines of a report that are kept."""

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_DIAGRAM_SUFFIXES = (".bpmn", ".bpmn20.xml", ".bpmn2")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_NEWS = ("vendor-", "juel", "foreign-", "without-effect")
_UNFIT = re.compile(r"[^\w.-]+")
_FORM_PREFIX = re.compile(r"camunda-forms:(?:bpmn|deployment):")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportLine:
    """One line of an import report.

    Attributes:
        file: as it was uploaded.
        kind: taken, converted, left_out, note or will_not_run.
        rule: what found it, in kebab-case.
        text: what and why, in English; a `Sentence` where it holds values.
    """

    file: str
    kind: str
    rule: str
    text: str
    element_id: str = ""
    element_name: str = ""

    def as_json(self) -> dict[str, object]:
        """Give what is kept of it with the draft."""
        return {name: _frozen(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(kw_only=True, slots=True)
class _Basket:
    """What was taken out of an upload so far."""

    diagrams: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)  # names that others use, to form keys
    lines: list[ImportLine] = field(default_factory=list)

    def say(self, file: str, kind: str, rule: str, text: str) -> None:
        """Add a line about a whole file."""
        self.lines.append(ImportLine(file=file, kind=kind, rule=rule, text=text))


def import_files(  # noqa: PLR0913  # each is a word of the field of its own
    uploads: Sequence[Upload],
    *,
    title: str,
    process_key: str | None,
    by: Actor,
    session: Session,
    clock: Clock,
) -> ProcessDraft:
    """Make a draft of uploaded files: diagrams, decisions, forms, or archives of them.

    Args:
        uploads: names and contents as they came.
        title: of the draft.
        process_key: of the process in service that the files change; the files that were not
            uploaded stay as they are there. None for a new process.
        by: who imports.
        session: the caller's unit of work.
        clock: of the business.

    Raises:
        RoleNotHeld: only process supervisors import.
        DiagramMissing, SeveralDiagrams: a new process needs exactly one diagram.
        UploadMissing, UploadTooLarge, ArchiveNotReadable, ArchiveUnsafe: as
            `housing.drafts.archives`.
        FileNotReadable, ProcessMissing: the diagram is no BPMN, or holds no process.
    """
    acts.ensure_supervisor(by)
    newest = definition_queries.definition(process_key, None, session) if process_key else None
    base = definition_queries.resources(newest.id, session) if newest else {}
    key = packages.process_key(base) if base else None
    basket = _sorted_out(archives.unpacked(uploads))
    diagram = _rekeyed(_only_diagram(basket, base), key, session, basket)
    name = _diagram_name(base, packages.process_keys(diagram)[0])
    return service.open_draft(
        {**base, **basket.files, name: diagram},
        title=title,
        based_on=contents.newest_of(key, session=session) if key else None,
        detail={"import": [each.as_json() for each in basket.lines[:MOST_LINES]]},
        by=by,
        session=session,
        clock=clock,
    )


def report_of(detail: Mapping[str, object]) -> tuple[ImportLine, ...]:
    """Read the report of an import from the first line of a draft's history."""
    lines = detail.get("import")
    return tuple(
        ImportLine(**{name: _thawed(value) for name, value in line.items()})
        for line in (lines if isinstance(lines, list) else ())
    )


def _frozen(text: str) -> object:
    if not isinstance(text, Sentence):
        return text
    return {"template": text.template, "params": {n: _frozen(p) for n, p in text.params.items()}}


def _thawed(kept: object) -> str:
    if not isinstance(kept, dict):
        return str(kept)
    return sentence(kept["template"], **{n: _thawed(p) for n, p in kept["params"].items()})


def _sorted_out(uploads: Iterable[Upload]) -> _Basket:
    basket = _Basket()
    for name, content in uploads:
        path = PurePosixPath(name)
        kind = _kind(path, content)
        if kind == "diagram":
            basket.diagrams[name] = rules.check_content(f"{path.name}.bpmn", content)
        elif kind == "":
            basket.say(name, "left_out", "unknown-type", "It is no file of a process package.")
        else:
            _keep(kind, path, content, basket)
    return basket


def _kind(path: PurePosixPath, content: bytes) -> str:
    """Tell what an uploaded file is: diagram, decision, form, english, scenario, test or ""."""
    name, folder = path.name.lower(), path.parent.name.lower()
    if name.endswith(_DIAGRAM_SUFFIXES):
        return "diagram"
    if name.endswith(".dmn"):
        return "decision"
    if name.endswith(".form") or (name.endswith(".json") and "forms" in path.parent.parts):
        return "form"
    if name == rules.ENGLISH:
        return "english"
    if name.endswith(".json"):
        return {"scenarios": "scenario", "tests": "test"}.get(folder, "")
    return "diagram" if name.endswith(".xml") and b"/BPMN/20100524/MODEL" in content else ""


def _keep(kind: str, path: PurePosixPath, content: bytes, basket: _Basket) -> None:
    """Put a file into the basket under the name that it has in a package."""
    name = _inside_name(kind, path)
    try:
        basket.files[rules.check_name(name)] = rules.check_content(name, content)
    except (FileNameRefused, FileTooLarge, FileNotReadable) as error:
        basket.say(str(path), "left_out", "unreadable-file", told(error))
        return
    if kind == "form":
        form_key = name.removeprefix("forms/").removesuffix(".json")
        schema_id = str(json.loads(content).get("id") or "")
        basket.forms |= dict.fromkeys((schema_id, path.name, path.stem, form_key), form_key)
    basket.say(str(path), "taken", f"{kind}-taken", sentence("Taken over as %(name)s.", name=name))


def _inside_name(kind: str, path: PurePosixPath) -> str:
    if kind == "english":
        return rules.ENGLISH
    stem = _fit(path.stem)
    if kind == "decision":
        return f"{stem}.dmn"
    if kind in {"scenario", "test"}:
        return f"{kind}s/{stem}.json"
    parts = path.parent.parts
    below = parts[parts.index("forms") + 1 :] if "forms" in parts else ()
    return "/".join(("forms", *(_fit(part) for part in below), f"{stem}.json"))


def _fit(text: str) -> str:
    """Make a name of letters, digits, hyphens and dots of any text."""
    return _UNFIT.sub("_", text).strip("._-")[:80] or "x"


def _only_diagram(basket: _Basket, base: Mapping[str, bytes]) -> bytes:
    """Open the one diagram; translated, its forms found, with a report on every element.

    Raises:
        SeveralDiagrams, DiagramMissing: there is not exactly one.
        FileNotReadable: it is no BPMN.
        ProcessMissing: it holds no process, such as a choreography.
    """
    if len(basket.diagrams) > 1:
        raise SeveralDiagrams(", ".join(sorted(basket.diagrams)))
    if not basket.diagrams:
        if not base:
            raise DiagramMissing
        return base[_diagram_name(base, "")]
    ((name, content),) = basket.diagrams.items()
    opened = open_file(_with_forms(name, content, basket))
    if not opened.is_open:
        raise FileNotReadable(name, opened.problems[0].advice.rstrip("."))
    if not packages.process_keys(opened.bpmn):
        raise ProcessMissing
    basket.say(name, "taken", "diagram-taken", "Taken over with its layout.")
    basket.lines += [_line(name, each) for each in opened.problems if _is_news(each)]
    return opened.bpmn


def _is_news(problem: Problem) -> bool:
    """Leave out hints that have nothing to do with where a diagram comes from."""
    return problem.severity != "info" or problem.rule.startswith(_NEWS)


def _line(file: str, problem: Problem) -> ImportLine:
    kind = "will_not_run" if problem.severity == "error" else "note"
    return ImportLine(
        file=file,
        kind="converted" if problem.rule.endswith("-translated") else kind,
        rule=problem.rule,
        text=problem.advice,
        element_id=problem.element_id,
        element_name=problem.element_name,
    )


def _with_forms(name: str, content: bytes, basket: _Basket) -> bytes:
    """Let steps name their forms by the keys that uploaded forms have here."""
    root = etree.fromstring(content, _PARSER)
    steps = [item for item in root.iter(etree.Element) if _named_form(item) in basket.forms]
    keys = f"{_CAMUNDA}formKey"
    found = [item for item in steps if item.get(keys) != basket.forms[_named_form(item)]]
    for item in found:
        named = _named_form(item)
        for attribute in ("formRef", "formRefBinding", "formRefVersion"):
            item.attrib.pop(f"{_CAMUNDA}{attribute}", None)
        item.set(keys, basket.forms[named])
        basket.lines.append(
            ImportLine(
                file=name,
                kind="converted",
                rule="form-translated",
                text=sentence(
                    "The form %(form)s is called %(key)s here.",
                    form=named,
                    key=basket.forms[named],
                ),
                element_id=item.get("id", ""),
                element_name=item.get("name", ""),
            )
        )
    return _written(root) if found else content


def _named_form(item: etree._Element) -> str:
    named = item.get(f"{_CAMUNDA}formKey") or item.get(f"{_CAMUNDA}formRef") or ""
    return _FORM_PREFIX.sub("", named)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _rekeyed(diagram: bytes, key: str | None, session: Session, basket: _Basket) -> bytes:
    """Give processes their keys: that of the process they change, or one that is free."""
    keys = packages.process_keys(diagram)
    first = {keys[0]: key} if key else {}
    wanted = {old: first.get(old) or _free_key(old, session) for old in keys}
    if key:
        own = packages.process_keys(_in_service(key, session))
        wanted |= {old: old for old in keys[1:] if old in own}
    renamed = {old: new for old, new in wanted.items() if new != old}
    if not renamed:
        return diagram
    root = etree.fromstring(diagram, _PARSER)
    for item in root.iter(etree.Element):
        _rename(item, renamed)
    for old, new in renamed.items():
        text = sentence("The process %(old)s is called %(new)s here.", old=old, new=new)
        basket.say("", "converted", "process-renamed", text)
    return _written(root)


def _rename(item: etree._Element, renamed: Mapping[str, str]) -> None:
    """Rename a process, and what refers to it: participants, planes, call activities."""
    is_process = item.tag == f"{_BPMN}process"
    for attribute in ("id",) if is_process else ("processRef", "bpmnElement", "calledElement"):
        prefix, colon, local = (item.get(attribute) or "").rpartition(":")
        if local in renamed:
            item.set(attribute, f"{prefix}{colon}{renamed[local]}")


def _free_key(key: str, session: Session) -> str:
    """Find a key that no process in service has: the key itself, or the key with a number."""
    candidates = (key[:90] if n == 1 else f"{key[:90]}_{n}" for n in range(1, 1_000))
    free = (each for each in candidates if contents.newest_of(each, session=session) is None)
    return next(free)


def _in_service(key: str, session: Session) -> bytes:
    newest = definition_queries.definition(key, None, session)
    files = definition_queries.resources(newest.id, session)
    return files[_diagram_name(files, key)]


def _diagram_name(base: Mapping[str, bytes], key: str) -> str:
    names = [name for name in base if name.endswith(".bpmn")]
    return names[0] if names else f"{_fit(key)}.bpmn"
