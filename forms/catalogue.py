"""The form definitions that are shipped with Anju, found by form key."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from forms.errors import FormNotFound

_KEY = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)+")


def keys() -> tuple[str, ...]:
    """List the keys of all shipped forms, `<package>/<form>`, in order."""
    return tuple(sorted(_keys_below(_root(), "")))


def read(form_key: str) -> bytes:
    """Read the definition of a shipped form.

    Args:
        form_key: `<package>/<form>`, for example `repair/report`.

    Returns:
        The form-js schema, JSON in UTF-8.

    Raises:
        FormNotFound: no such form is shipped.
    """
    resource = _root().joinpath(f"{form_key}.json") if _KEY.fullmatch(form_key) else None
    if resource is None or not resource.is_file():
        raise FormNotFound(form_key)
    return resource.read_bytes()


def _root() -> Traversable:
    return files("forms").joinpath("definitions")


def _keys_below(folder: Traversable, prefix: str) -> list[str]:
    found: list[str] = []
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir():
            found += _keys_below(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".json"):
            found.append(prefix + entry.name.removesuffix(".json"))
    return found
