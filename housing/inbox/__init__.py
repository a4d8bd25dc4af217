"""Views of the inbox that people saved, for themselves or for a team."""
