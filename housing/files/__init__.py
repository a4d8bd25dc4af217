"""Uploaded files: checked by content, stored outside the process state."""
