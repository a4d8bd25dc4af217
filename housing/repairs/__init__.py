"""Repairs (報修): tickets, orders, quotes, and the ledger of substitute performance."""
