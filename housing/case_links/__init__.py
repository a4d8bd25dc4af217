"""Cases that belong together: linked, or merged into a lead case that decides for all (併案)."""
