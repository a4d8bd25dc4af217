"""Announcements: who is told what by the office, when, and who has read it."""
