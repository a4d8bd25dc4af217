"""Cases of processes that the business has no rooms for: drawn or imported by supervisors."""
