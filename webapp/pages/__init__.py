"""Pages: one blueprint a subject; a view checks input, makes one call and answers."""
