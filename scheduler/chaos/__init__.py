"""Chaos: real processes killed under load, and what must still hold afterwards."""
