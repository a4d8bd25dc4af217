"""Calls for applications, applications and their review, the qualified list, the rolling queue."""
