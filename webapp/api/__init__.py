"""The REST interface for programs: tokens instead of sessions, JSON instead of pages."""
