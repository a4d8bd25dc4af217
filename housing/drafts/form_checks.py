"""The check of one form within its package: the form itself, and who would miss what it lost."""

from collections.abc import Iterator, Mapping

import orjson

from engine.variable_use import uses_of
from forms import quality
from forms.catalogue import keys
from forms.quality import FormFinding

_FORMS = "forms/"
_JSON = ".json"
_ENGLISH = "en.json"


def check_form(
    name: str, files: Mapping[str, bytes], base: Mapping[str, bytes]
) -> tuple[FormFinding, ...]:
    """Check one form of a draft.

    Args:
        name: of the form's file, `forms/<form key>.json`.
        files: all files of the draft.
        base: those of the version that it would replace.
    """
    found = quality.check_form(files[name], english=_english(files))
    if name not in base or base[name] == files[name]:
        return found
    is_shipped = name.removeprefix(_FORMS).removesuffix(_JSON) in set(keys())
    lost = quality.gone(base[name], files[name], _readers(files), is_shipped=is_shipped)
    return (*found, *lost)


def _readers(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Say who reads each variable, in the words of the package."""
    readers: dict[str, list[str]] = {}
    for name, reader in _reading(files):
        known = readers.setdefault(name, [])
        if reader not in known:
            known.append(reader)
    return readers


def _reading(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for use in uses_of(files):
        yield use.name, use.element_name or use.element_id
    for file, content in sorted(files.items()):
        if file.startswith(_FORMS):
            for name in sorted(quality.names_read(content)):
                yield name, file.removeprefix(_FORMS).removesuffix(_JSON)


def _english(files: Mapping[str, bytes]) -> Mapping[str, str] | None:
    """Read the English of the package; None leaves it unchecked, as in versions without any."""
    if _ENGLISH not in files:
        return None
    try:
        found = orjson.loads(files[_ENGLISH])
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
