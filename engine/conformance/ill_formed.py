"""Counts the models breaking a rule of the standard that are refused for the right reason."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.checking import check_file


@dataclass(slots=True)
class Report:
    """What a run showed.

    Attributes:
        refused: models with at least one error.
        right_reason: models with a finding about the rule they break. Where a rule is broken by
            good files too, the finding alone counts; else the model must be refused as well.
        groups: total and right by what the rule is about.
        failures: models without it: file, the rule it breaks, what was found instead.
    """

    total: int = 0
    refused: int = 0
    right_reason: int = 0
    groups: dict[str, list[int]] = field(default_factory=dict)
    failures: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Give the figures by name."""
        groups = {
            name: {"total": total, "passed": right, "failed": total - right}
            for name, (total, right) in sorted(self.groups.items())
        }
        return {
            "total": self.total,
            "refused": self.refused,
            "right_reason": self.right_reason,
            "passed": self.right_reason,
            "failed": self.total - self.right_reason,
            "groups": groups,
            "failures": self.failures,
        }

    def lines(self) -> Iterator[str]:
        """Give the report as lines of text."""
        for name, (total, right) in sorted(self.groups.items()):
            yield f"{name}: {right} of {total}"
        for failure in self.failures:
            yield "  ".join(failure.values())
        yield f"{self.refused} of {self.total} refused, {self.right_reason} for the right reason"


def run_suite(directory: Path) -> Report:
    """Check the models that `rules.json` of a folder names.

    Args:
        directory: holds rules.json (`models`: file to rule, `rules`: what each says) and models.
    """
    suite = json.loads((directory / "rules.json").read_text())
    report = Report()
    for name, model in sorted(suite["models"].items()):
        rule = suite["rules"][model["rule"]]
        problems = check_file((directory / name).read_bytes())
        is_refused = any(problem.severity == "error" for problem in problems)
        is_named = any(model["rule"] in problem.constraint.split() for problem in problems)
        is_right = is_named and (is_refused or "clash" in rule)
        report.total += 1
        report.refused += is_refused
        report.right_reason += is_right
        group = report.groups.setdefault(rule["scope"], [0, 0])
        group[0] += 1
        group[1] += is_right
        if not is_right:
            found = sorted({p.constraint or p.rule for p in problems})
            report.failures.append(
                {"file": name, "rule": model["rule"], "found": ", ".join(found) or "nothing"}
            )
    return report
