"""Drafts: processes changed in the browser, from working copy over approval into service."""
