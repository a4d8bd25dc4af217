"""Renewal of leases: the daily watch, the invitation, the new lease."""
