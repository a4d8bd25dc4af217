"""What the diagram `case.dispatch` calls, by topic."""

from collections.abc import Mapping

from housing.dispatches import service
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "dispatches.report": service.report,
    "dispatches.withdraw": service.withdraw,
}
