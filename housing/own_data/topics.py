"""What the diagram `personal_data.request` calls, by topic."""

from collections.abc import Mapping

from housing.own_data import operations
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "personal_data.acknowledge": operations.acknowledge,
    "personal_data.decide": operations.decide,
}
