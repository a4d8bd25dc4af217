"""Process packages: one folder a package with its diagram, decisions, handbook and scenarios."""
