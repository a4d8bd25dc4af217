"""The process packages that are shipped with Anju: diagrams, decisions, handbooks, scenarios."""

import json
from importlib.resources import files
from importlib.resources.abc import Traversable

RESOURCE_SUFFIXES = (".bpmn", ".dmn")
HANDBOOK = "README.md"
ENGLISH = "en.json"


def packages() -> tuple[str, ...]:
    """List the names of all packages, in order; a package is a folder with a diagram."""
    return tuple(sorted(entry.name for entry in files("bpmn").iterdir() if _is_package(entry)))


def read(package: str, filename: str) -> bytes:
    """Read one file of a package.

    Args:
        package: its name, for example `repair`.
        filename: the bare name of a file in the package's folder.

    Raises:
        FileNotFoundError: there is no such package or file.
    """
    entry = next((each for each in _folder(package).iterdir() if each.name == filename), None)
    if entry is None or not entry.is_file():
        raise FileNotFoundError(f"{package}/{filename}")
    return entry.read_bytes()


def resources(package: str) -> dict[str, bytes]:
    """Read all diagrams and decisions of a package, by file name in order.

    Raises:
        FileNotFoundError: there is no such package.
    """
    entries = sorted(_folder(package).iterdir(), key=lambda entry: entry.name)
    return {each.name: each.read_bytes() for each in entries if _is_resource(each)}


def scenarios(package: str) -> list[dict[str, object]]:
    """Read the scenarios of a package, parsed from JSON, in the order of their file names.

    Raises:
        FileNotFoundError: there is no such package.
    """
    folder = _folder(package).joinpath("scenarios")
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else []
    return [json.loads(each.read_bytes()) for each in entries if each.name.endswith(".json")]


def handbook(package: str) -> str:
    """Read the handbook of a package, Markdown in Chinese.

    Raises:
        FileNotFoundError: there is no such package, or it has no handbook.
    """
    return read(package, HANDBOOK).decode("utf-8")


def english(package: str) -> dict[str, str]:
    """Read the English of a package: every text of its diagram and forms, from Chinese.

    A package without the file has no English yet.

    Raises:
        FileNotFoundError: there is no such package.
    """
    entry = _folder(package).joinpath(ENGLISH)
    texts: dict[str, str] = json.loads(entry.read_bytes()) if entry.is_file() else {}
    return texts


def _folder(package: str) -> Traversable:
    if package not in packages():
        raise FileNotFoundError(package)
    return files("bpmn").joinpath(package)


def _is_package(entry: Traversable) -> bool:
    return entry.is_dir() and any(each.name.endswith(".bpmn") for each in entry.iterdir())


def _is_resource(entry: Traversable) -> bool:
    return entry.is_file() and entry.name.endswith(RESOURCE_SUFFIXES)
