"""The sandbox of a draft: a throw-away city in which one person tries it step by step."""
