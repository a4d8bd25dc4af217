"""What comes out when past decisions are made again, as pages and long work keep it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayedCase:
    """A decision whose result would differ, or is not known.

    Attributes:
        number: of the case.
        outcome: changed, failed or unknown.
        before, after: results as JSON.
        reason: why it failed, or which paths were not kept.
    """

    number: str
    at: datetime
    element_name: str
    outcome: str
    before: Any
    after: Any
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """All past decisions made again; `cases` are the newest of those that are not the same."""

    same: int
    changed: int
    failed: int
    unknown: int
    cases: tuple[ReplayedCase, ...]

    @property
    def total(self) -> int:
        """How many decisions were made again."""
        return self.same + self.changed + self.failed + self.unknown

    def as_json(self) -> Mapping[str, Any]:
        """Write it for the long work."""
        cases = [{**asdict(each), "at": each.at.isoformat()} for each in self.cases]
        return {
            "same": self.same,
            "changed": self.changed,
            "failed": self.failed,
            "unknown": self.unknown,
            "cases": cases,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Replayed":
        """Read what `as_json` wrote."""
        return cls(
            same=raw["same"],
            changed=raw["changed"],
            failed=raw["failed"],
            unknown=raw["unknown"],
            cases=tuple(
                ReplayedCase(**{**each, "at": datetime.fromisoformat(each["at"])})
                for each in raw["cases"]
            ),
        )
