"""Counts how many files of a folder open, which of them could run, and why the others cannot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.importing.opening import open_file

_UNEXPECTED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(slots=True)
class Report:
    """What a run showed.

    Attributes:
        opened: files that were read, their problems listed per element.
        executable: of those, files that could be deployed, with their expressions translated.
        refused: files that cannot be deployed or read, each with its reasons.
        crashed: files that raised anything else.
        refusals: each reason of a refused or crashed file: file, element, reason.
    """

    total: int = 0
    opened: int = 0
    executable: int = 0
    refused: int = 0
    crashed: int = 0
    refusals: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Give the figures by name."""
        return {
            "total": self.total,
            "opened": self.opened,
            "executable": self.executable,
            "refused": self.refused,
            "crashed": self.crashed,
            "refusals": self.refusals,
        }

    def lines(self) -> Iterator[str]:
        """Give the report as lines of text."""
        for refusal in self.refusals:
            yield "  ".join(refusal.values())
        yield (
            f"{self.opened} of {self.total} opened, {self.executable} executable,"
            f" {self.refused} refused, {self.crashed} crashed"
        )


def run_suite(directory: Path) -> Report:
    """Open every BPMN file below a folder."""
    report = Report()
    for path in sorted(directory.rglob("*.bpmn*")):
        if not path.is_file():
            continue
        report.total += 1
        name = str(path.relative_to(directory))
        try:
            _open(report, name, path.read_bytes())
        except _UNEXPECTED as error:
            report.crashed += 1
            reason = f"{type(error).__name__}: {error}"
            report.refusals.append({"file": name, "element": "", "reason": reason})
    return report


def _open(report: Report, name: str, content: bytes) -> None:
    opened = open_file(content)
    errors = [problem for problem in opened.problems if problem.severity == "error"]
    report.opened += opened.is_open
    report.executable += opened.is_executable
    report.refused += bool(errors)
    report.refusals.extend(
        {"file": name, "element": error.element_id, "reason": error.advice} for error in errors
    )
