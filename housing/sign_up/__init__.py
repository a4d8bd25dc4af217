"""The ways to an account: sign-up by oneself, first sign-in by a letter, a forgotten password."""
