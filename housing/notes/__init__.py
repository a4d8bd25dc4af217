"""Notes of colleagues on a case: for the office alone, with mentions."""
