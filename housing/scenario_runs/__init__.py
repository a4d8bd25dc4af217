"""Runs of the scenarios of a draft, kept by the content that was tried."""
