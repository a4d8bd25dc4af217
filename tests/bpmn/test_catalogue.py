"""Packages are found and read from wherever Anju is installed."""

import pytest

from bpmn import catalogue


def test_repair_package_is_listed() -> None:
    assert "repair" in catalogue.packages()


def test_resources_are_the_diagram_and_its_decisions() -> None:
    resources = catalogue.resources("repair")

    assert list(resources) == [
        "b1_failure.dmn",
        "repair.bpmn",
        "repair_class.dmn",
        "repair_route.dmn",
    ]
    assert all(content.startswith(b"<?xml") for content in resources.values())


def test_handbook_is_chinese_text() -> None:
    assert catalogue.handbook("repair").startswith("# 報修")


def test_scenarios_are_read_in_the_order_of_their_names() -> None:
    ids = [str(scenario["id"]) for scenario in catalogue.scenarios("repair")]

    assert ids == sorted(ids)
    assert len(ids) >= 24


@pytest.mark.parametrize("filename", ["nothing.dmn", "scenarios", "../__init__.py", "/etc/passwd"])
def test_only_files_of_the_package_itself_are_read(filename: str) -> None:
    with pytest.raises(FileNotFoundError):
        catalogue.read("repair", filename)


@pytest.mark.parametrize("package", ["", "..", "__pycache__", "nothing"])
def test_what_is_no_package_is_refused(package: str) -> None:
    with pytest.raises(FileNotFoundError):
        catalogue.resources(package)
