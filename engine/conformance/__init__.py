"""Runners of public conformance suites."""
