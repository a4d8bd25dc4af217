"""Accounts, roles within a scope, sign-in with lock, sessions on the server."""
