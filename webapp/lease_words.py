"""Words for the codes of leases and of moving out."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

LEASE_FILTERS: Mapping[str, LazyString] = {
    "active": _l("In force"),
    "ending": _l("Ends within 120 days"),
    "leaving": _l("Moving out"),
    "ended": _l("Ended"),
}

MOVE_OUT_STATES: Mapping[str, LazyString] = {
    "open": _l("Preparing to leave"),
    "handed_over": _l("Home handed over"),
    "settled": _l("Settled"),
    "closed": _l("Closed"),
    "withdrawn": _l("Notice taken back"),
    "taken_over": _l("Taken over by the family"),
}

MOVE_OUT_REASONS: Mapping[str, LazyString] = {
    "notice": _l("Notice of the tenant"),
    "term": _l("End of the term"),
    "termination": _l("Termination"),
    "death": _l("Death of the tenant"),
}

FINDINGS: Mapping[str, LazyString] = {
    "as_entry": _l("As at entry"),
    "wear": _l("Normal wear"),
    "damage": _l("Damaged"),
    "missing": _l("Missing"),
}

CONDITIONS: Mapping[str, LazyString] = {
    "good": _l("Good"),
    "worn": _l("Worn"),
    "defect": _l("Defective"),
    "missing": _l("Missing"),
}

METERS: Mapping[str, LazyString] = {
    "water": _l("Water meter"),
    "electric": _l("Electricity meter"),
    "gas": _l("Gas meter"),
}

KEYS: Mapping[str, LazyString] = {
    "key": _l("Key"),
    "fob": _l("Fob"),
    "remote": _l("Remote control"),
    "card": _l("Card"),
}

SIGNERS: Mapping[str, LazyString] = {
    "tenant": _l("Tenant"),
    "property_manager": _l("Property manager"),
}

GAPS: Mapping[str, LazyString] = {
    "items": _l("Some items are not checked yet."),
    "meters": _l("The water and electricity meters are not read yet."),
    "keys": _l("No key is counted yet."),
    "signatures": _l("A signature, or the reason why it is refused, is missing."),
}

MONEY_LINES: Mapping[str, LazyString] = {
    "rent": _l("Rent"),
    "management": _l("Management fee"),
    "utilities": _l("Utilities"),
    "repair": _l("Repair"),
    "disposal": _l("Disposal"),
    "compensation": _l("Compensation for staying on"),
    "other": _l("Other"),
    "payment": _l("Payment"),
}

ROOMS: Mapping[str, LazyString] = {
    "living_room": _l("Living room"),
    "kitchen": _l("Kitchen"),
    "bathroom": _l("Bathroom"),
    "bedroom": _l("Bedroom"),
    "balcony": _l("Balcony"),
    "entrance": _l("Entrance"),
}

LEASE_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "lease_filter": LEASE_FILTERS,
    "move_out_state": MOVE_OUT_STATES,
    "move_out_reason": MOVE_OUT_REASONS,
    "finding": FINDINGS,
    "condition": CONDITIONS,
    "meter": METERS,
    "key_kind": KEYS,
    "signer": SIGNERS,
    "handover_gap": GAPS,
    "money_line": MONEY_LINES,
    "room": ROOMS,
}
"""Kind of code to its words, as `webapp.labels` collects them."""

STATE_KINDS: Mapping[str, str] = {
    "open": "wait",
    "handed_over": "wait",
    "settled": "wait",
    "closed": "good",
    "taken_over": "good",
}
"""State of a move-out to the look of its badge; neutral otherwise."""
