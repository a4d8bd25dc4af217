"""Files that the office adds to a case from its page, beside those that came with forms."""
