"""Whether the files of a draft fit together, and what the software needs of them."""

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.decisions import list_decisions
from engine.sentences import sentence
from forms import schema
from forms.errors import FormDefinitionInvalid
from housing import packages, subjects
from housing.bulk.rules import only_confirms
from housing.drafts import rules
from housing.drafts.findings import Finding, of_file
from housing.letters import writing

_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_USER_TASK = "{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask"
_BULK_SAFE = "{https://anju.example.org/schema/1.0}bulkSafe"
_LETTER_TOPIC = "letter.issue"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def findings(files: Mapping[str, bytes]) -> list[Finding]:
    """Check what no single file can know.

    Args:
        files: those that can be read, name to content.
    """
    found: list[Finding] = []
    for name, content in files.items():
        if name.endswith(".bpmn"):
            root = etree.fromstring(content, _PARSER)
            found += [*_letters(name, root), *_unused(files, root), *_needed(files, content)]
            found += _unsafe_in_bulk(name, root, files)
    return found


def form_keys(files: Mapping[str, bytes]) -> frozenset[str]:
    """Name the forms of a package by their keys."""
    names = (name for name in files if rules.is_form(name))
    return frozenset(name.removeprefix("forms/").removesuffix(".json") for name in names)


def decision_ids(files: Mapping[str, bytes]) -> frozenset[str]:
    """Name the decisions of a package by their ids."""
    tables = (content for name, content in files.items() if rules.is_decision(name))
    return frozenset(each for content in tables for each in list_decisions(content))


def _letters(file: str, root: etree._Element) -> Iterator[Finding]:
    """Find letters whose words are not there; a computed name is not known here."""
    known = writing.templates()
    for step in root.iter():
        if step.get(f"{_CAMUNDA}topic") != _LETTER_TOPIC:
            continue
        for item in step.iter(f"{_CAMUNDA}inputParameter"):
            words = (item.text or "").strip()
            if item.get("name") == "template" and words not in known and words[:1] != "=":
                yield Finding(
                    file=file,
                    element_id=step.get("id", ""),
                    element_name=step.get("name", ""),
                    severity="error",
                    rule="unknown-letter",
                    advice=sentence(
                        "There is no letter %(name)s. Choose one of those that exist.", name=words
                    ),
                )


def _unused(files: Mapping[str, bytes], root: etree._Element) -> Iterator[Finding]:
    """Tell of forms and decision files that the diagram does not name."""
    used_forms = {item.get(f"{_CAMUNDA}formKey") for item in root.iter()}
    used_decisions = {item.get(f"{_CAMUNDA}decisionRef") for item in root.iter()}
    for name, content in files.items():
        if rules.is_form(name) and not form_keys({name: b""}) & used_forms:
            yield of_file(name, "form-unused", "No step shows this form.", "info")
        decisions = frozenset(list_decisions(content)) if rules.is_decision(name) else frozenset()
        if decisions and not decisions & used_decisions:
            yield of_file(name, "decision-unused", "No step asks this decision.", "info")


def _unsafe_in_bulk(
    file: str, root: etree._Element, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Find tasks that many are to be completed of at once although their form decides."""
    for step in root.iter(_USER_TASK):
        if step.get(_BULK_SAFE) == "true" and not _confirms(files.get(_form_file(step))):
            yield Finding(
                file=file,
                element_id=step.get("id", ""),
                element_name=step.get("name", ""),
                severity="error",
                rule="unsafe-in-bulk",
                advice="Its form decides or differs from case to case, so that many cannot be "
                "completed at once. Take anju:bulkSafe away, or ask for confirmations only.",
            )


def _form_file(step: etree._Element) -> str:
    return f"forms/{step.get(f'{_CAMUNDA}formKey', '')}.json"


def _confirms(content: bytes | None) -> bool:
    """Tell whether a form asks for confirmations only; a task without a form is a confirmation."""
    if content is None:
        return True
    try:
        return only_confirms(schema.load(content))
    except FormDefinitionInvalid:
        return False


def _needed(files: Mapping[str, bytes], diagram: bytes) -> Iterable[Finding]:
    """Find forms that the software itself opens: those that begin a case or come with a message."""
    for key in packages.process_keys(diagram):
        subject = subjects.subject_of(key)
        wanted = {subject.start_form, *subject.message_forms.values()} - {None}
        for form_key in sorted(str(each) for each in wanted):
            if form_key not in form_keys(files):
                advice = sentence("The software opens the form %(key)s. Put it back.", key=form_key)
                yield of_file(f"forms/{form_key}.json", "form-needed", advice)
