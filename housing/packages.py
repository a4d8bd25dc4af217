"""What is deployed of a shipped process package: diagram, decisions and the forms they use."""

from collections.abc import Mapping

from lxml import etree

from bpmn import catalogue
from forms import catalogue as forms

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
    return found | {f"forms/{form_key}.json": forms.read(form_key) for form_key in used}


def form_keys(bpmn: bytes) -> set[str]:
    """List the form keys of a diagram."""
    root = etree.fromstring(bpmn, _PARSER)
    keys = (element.get(_FORM_KEY) for element in root.iter())
    return {key for key in keys if key}
