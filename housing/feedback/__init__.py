"""What people thought of how their case was handled: stars and a sentence, without who said it."""
