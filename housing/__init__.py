"""The business of a social housing office, one slice a subject, and the wiring."""
