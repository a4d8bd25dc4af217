"""Working calendars of the office: who may change them, and which deadlines would move."""
