"""The sources and the configuration that the architecture tests look at."""

import ast
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One Python file: its path from the root, its text, its syntax tree."""

    name: str
    text: str
    tree: ast.Module


def read_sources(*folders: str) -> list[Source]:
    """Read every Python file below the folders."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in paths
        if "node_modules" not in path.parts
    }
    return [Source(name=name, text=text, tree=ast.parse(text)) for name, text in texts.items()]


@pytest.fixture(scope="session")
def config() -> ConfigParser:
    """setup.cfg."""
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


@pytest.fixture(scope="session")
def our_packages(config: ConfigParser) -> list[str]:
    """The top-level packages as import-linter knows them."""
    return config["importlinter"]["root_packages"].split()


@pytest.fixture(scope="session")
def sources(our_packages: list[str]) -> list[Source]:
    """Every source file of the product."""
    return read_sources(*our_packages)


@pytest.fixture(scope="session")
def test_sources() -> list[Source]:
    """Every file of the tests."""
    return read_sources("tests")
