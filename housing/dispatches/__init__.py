"""Asking several units at once from a case, with one lead unit (平行派案)."""
