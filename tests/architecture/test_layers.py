"""Imports go down only, nobody owns our names, only the edges commit or catch everything."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOT_PATH = {
    f"engine/{module}.py" for module in ("tables", "user_tasks", "jobs", "history", "outbox")
}
EDGES = {"webapp/errors.py", "scheduler/main.py", "engine/incidents.py"}


def test_imports_go_down_only():
    # in a process of its own: the linter switches off every logger there is
    code = "import sys; from importlinter.cli import lint_imports as run; "
    code += "sys.exit(run(config_filename='setup.cfg', no_logo=True, no_cache=True))"
    linter = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert linter.returncode == 0, linter.stdout


def test_every_package_folder_is_under_the_linters(config, our_packages):
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    packaged = config["options.packages.find"]["include"].split()
    typed = config["mypy"]["packages"].replace(",", " ").split()
    measured = config["coverage:run"]["source"].replace(",", " ").split()

    assert folders == set(our_packages) == set(typed) == set(measured)
    assert set(packaged) == folders | {f"{folder}.*" for folder in folders}


def test_no_other_distribution_owns_our_names(our_packages):
    owners = packages_distributions()
    strangers = {name: set(owners.get(name, [])) - {"anju"} for name in our_packages}

    assert {name: others for name, others in strangers.items() if others} == {}


def test_our_names_are_imported_from_this_checkout(our_packages):
    files = {name: import_module(name).__file__ for name in our_packages}
    strangers = [name for name, file in files.items() if ROOT not in Path(file or "/").parents]

    assert strangers == []


def test_the_hot_path_speaks_core_not_orm(sources):
    offenders = [s.name for s in sources if s.name in HOT_PATH and "sqlalchemy.orm" in s.text]

    assert offenders == []


def test_only_the_unit_of_work_commits(sources):
    # the conformance of the driver floor is measured with raw drivers, which commit for themselves
    allowed = {"engine/db.py", "engine/bench.py"}
    offenders = {s.name for s in sources if ".commit(" in s.text or ".begin(" in s.text}

    assert offenders <= allowed


def test_broad_except_stands_only_at_the_edges(sources):
    assert {s.name for s in sources if "BLE001" in s.text} <= EDGES


def test_package_inits_hold_a_docstring_and_nothing_else(sources):
    wrong = [s.name for s in sources if s.name.endswith("__init__.py") and len(s.tree.body) != 1]

    assert wrong == []


def test_no_diagram_text_ever_reaches_python(sources):
    calls = ("eval(", "exec(")
    words = [
        f"{s.name}: {line.strip()}"
        for s in sources
        for line in s.text.splitlines()
        if any(line.lstrip().startswith(c) or f" {c}" in line or f"({c}" in line for c in calls)
    ]
    assert words == []
