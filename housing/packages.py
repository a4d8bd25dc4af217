"""What is deployed of a shipped process package: diagram, decisions, forms and the English."""

import json
from collections.abc import Mapping
from functools import cache

from lxml import etree

from bpmn import catalogue
from engine.deployments import diagram_of
from engine.errors import DeploymentRefused
from forms import catalogue as forms

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_FORM_KEY = "{http://camunda.org/schema/1.0/bpmn}formKey"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def resources(key: str) -> Mapping[str, bytes]:
    """Collect the resources of a package: name to content.

    Forms are named `forms/<form key>.json`, so that a definition keeps the forms of its version.

    Raises:
        FormNotFound: a diagram names a form that is not shipped.
    """
    found = dict(catalogue.resources(key))
    diagrams = [content for name, content in found.items() if name.endswith(".bpmn")]
    used = sorted({form_key for content in diagrams for form_key in form_keys(content)})
    english = catalogue.read(key, catalogue.ENGLISH)
    return (
        found
        | {f"forms/{form_key}.json": forms.read(form_key) for form_key in used}
        | {catalogue.ENGLISH: english}
    )


def form_keys(bpmn: bytes) -> set[str]:
    """List the form keys of a diagram."""
    root = etree.fromstring(bpmn, _PARSER)
    keys = (element.get(_FORM_KEY) for element in root.iter())
    return {key for key in keys if key}


def process_keys(bpmn: bytes) -> tuple[str, ...]:
    """List the keys of the processes that a diagram would deploy, in the order of the file."""
    processes = list(etree.fromstring(bpmn, _PARSER).iter(f"{_BPMN}process"))
    executable = [each for each in processes if each.get("isExecutable") == "true"]
    return tuple(key for each in executable or processes if (key := each.get("id")))


def process_key(files: Mapping[str, bytes]) -> str:
    """Name the process that a package is known by: the first one of its diagram.

    Raises:
        DeploymentRefused: it has no diagram, or several, or no process in it.
    """
    keys = process_keys(diagram_of(files))
    if not keys:
        raise DeploymentRefused
    return keys[0]


def keys_of(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """List the keys of the processes of a package; none without exactly one diagram."""
    diagrams = [content for name, content in files.items() if name.endswith(".bpmn")]
    return process_keys(diagrams[0]) if len(diagrams) == 1 else ()


def package_of(key: str) -> str:
    """Name the package of a process: the folder of a shipped one, else the key itself."""
    return _packages_by_process().get(key, key)


def process_of(package: str) -> str:
    """Name the process that a package is known by; the name itself for one that is not shipped."""
    return _processes_by_package().get(package, package)


@cache
def _processes_by_package() -> Mapping[str, str]:
    return {package: process_key(catalogue.resources(package)) for package in catalogue.packages()}


@cache
def _packages_by_process() -> Mapping[str, str]:
    return {
        key: package
        for package in catalogue.packages()
        for key in process_keys(diagram_of(catalogue.resources(package)))
    }


def title_of(name: str) -> str:
    """Say the title of a shipped form, or the name of a shipped decision; "" for other files.

    Args:
        name: of a file as versions hold it.
    """
    return _titles().get(name, "")


@cache
def _titles() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for package in catalogue.packages():
        for name, content in resources(package).items():
            if name.startswith("forms/"):
                found[name] = str(json.loads(content).get("title") or "")
            elif name.endswith(".dmn"):
                decisions = etree.fromstring(content, _PARSER).iter("{*}decision")
                found[name] = next((each.get("name", "") for each in decisions), "")
    return found
