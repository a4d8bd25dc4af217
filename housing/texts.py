"""The English of processes: as shipped, and as each version in service brings it along."""

import json
from collections.abc import Mapping
from functools import cache
from itertools import chain

from sqlalchemy.orm import Session

from bpmn import catalogue
from engine import definition_queries
from engine.errors import DefinitionNotFound

_OF_VERSIONS: dict[str, Mapping[str, str]] = {}
"""English by version of a process; a deployed version never changes."""

_MERGED: dict[tuple[str, ...], Mapping[str, str]] = {}
"""What `english` gave last, by the versions it was made of."""


def english(*, session: Session) -> Mapping[str, str]:
    """Map every text of diagrams and forms to its English; newer versions come first."""
    deployed = definition_queries.definitions(session)
    versions = sorted(deployed, key=lambda each: (each.deployed_at, each.version))
    ids = tuple(each.id for each in versions)
    if (known := _MERGED.get(ids)) is not None:
        return known
    found = dict(_shipped())
    for definition_id in ids:
        found.update(_of_version(definition_id, session))
    _MERGED.clear()
    _MERGED[ids] = found
    return found


def read(content: bytes) -> Mapping[str, str]:
    """Read an `en.json`; whatever it holds beside texts is left out."""
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    pairs = parsed.items() if isinstance(parsed, dict) else ()
    return {text: words for text, words in pairs if isinstance(words, str) and words}


def _of_version(definition_id: str, session: Session) -> Mapping[str, str]:
    if definition_id not in _OF_VERSIONS:
        try:
            content = definition_queries.resource(definition_id, catalogue.ENGLISH, session)
        except DefinitionNotFound:
            content = b"{}"
        _OF_VERSIONS[definition_id] = read(content)
    return _OF_VERSIONS[definition_id]


@cache
def _shipped() -> Mapping[str, str]:
    entries = (catalogue.english(package).items() for package in catalogue.packages())
    return dict(chain.from_iterable(entries))
