"""What people may ask about their own data: a copy, a correction, an end of its use (個資法 §3)."""
