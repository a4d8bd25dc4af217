"""Leases: who rents which home until when, deposit and arrears."""
