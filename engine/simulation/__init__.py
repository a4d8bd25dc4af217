"""Discrete-event simulation of processes: pure values and floats, no database, no wall clock."""
