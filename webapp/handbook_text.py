"""The README of a package: what people wrote, then the handbook as the package says it."""

from collections.abc import Sequence
from pathlib import Path

import flask
from flask import Flask
from flask_babel import Babel

from bpmn import catalogue
from bpmn.handbook import Handbook
from housing import handbooks
from webapp import handbook_words, language

MARKER = (
    "<!-- anju handbook: 以下由流程套件產生，請勿手改；更新請執行 anju handbook <套件> --write -->"
)
"""Parts what people write, above, from what is generated, below."""


NOTHING = "\N{EN DASH}"
"""What stands in an empty cell."""


def readme(package: str, written: str) -> str:
    """Write the README of a package anew.

    Args:
        package: its name, for example `repair`.
        written: the present README; what stands above the marker is kept, all of it without one.

    Raises:
        FileNotFoundError: there is no such package.
    """
    found = handbooks.of_package(package)
    introduction = written.partition(MARKER)[0].rstrip() or _title(package, found)
    return f"{introduction}\n\n{MARKER}\n\n{_chapters(found)}"


def path_of(package: str) -> Path:
    """Tell where the README of a package stands."""
    return Path(catalogue.__file__).parent / package / catalogue.HANDBOOK


def _title(package: str, found: Sequence[Handbook]) -> str:
    first = found[0]
    return f"# {first.name}（`{first.key}`）\n\n流程圖是 `{package}.bpmn`。"


def _chapters(found: Sequence[Handbook]) -> str:
    """Say the chapters in Chinese, with the words of the pages."""
    app = Flask("webapp", root_path=str(Path(__file__).parent))
    language.compile_catalogues()
    Babel(app, default_locale=language.DEFAULT)
    app.jinja_env.filters.update(handbook_words.FILTERS)
    app.jinja_env.filters["cell"] = _cell
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.test_request_context():
        return flask.render_template("handbooks/readme.md", handbooks=found).strip() + "\n"


def _cell(text: str) -> str:
    """Write a text so that it stays within one cell of a Markdown table."""
    return text.strip().replace("|", "\\|").replace("\n", "<br>") or NOTHING
