"""What the diagrams `lease.renewal` and `lease.watch` call, by topic."""

from collections.abc import Mapping

from housing.renewals import operations
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "renewal.invite_due": operations.invite_due,
    "renewal.open_case": operations.open_case,
    "renewal.sign_lease": operations.sign_lease,
    "renewal.open_move_out": operations.open_move_out,
}
