"""How periods are counted: pure functions from a start, an amount and a calendar to an end."""
