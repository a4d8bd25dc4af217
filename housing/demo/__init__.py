"""The demo city: deterministic people, homes and repair tickets, and the demo clock."""
