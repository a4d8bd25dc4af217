"""What the diagram `lease.move_out` calls, by topic."""

from collections.abc import Mapping

from housing.move_outs import operations
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "move_out.record_death": operations.record_death,
    "move_out.open_case": operations.open_case,
    "move_out.take_over": operations.take_over,
    "move_out.withdraw": operations.withdraw,
    "move_out.record_occupation": operations.record_occupation,
    "move_out.record_handover": operations.record_handover,
    "move_out.read_item": operations.read_item,
    "move_out.record_dispute": operations.record_dispute,
    "move_out.record_appeal": operations.record_appeal,
    "move_out.draft_settlement": operations.draft_settlement,
    "move_out.record_settlement": operations.record_settlement,
    "move_out.bill": operations.bill,
    "move_out.ask_bank": operations.ask_bank,
    "move_out.record_refund": operations.record_refund,
    "move_out.close": operations.close,
}
