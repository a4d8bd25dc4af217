"""People as the office knows them: identity, contact, households."""
